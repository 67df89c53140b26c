import type { AnyStateMachine, Codec, StateSync } from '@smalti/core';
import { type SnapshotSyncOptions, snapshotSync } from '@smalti/snapshot-sync';

/** What a liar makes of the parts of an answer. */
export type Lie = (parts: readonly Uint8Array[]) => readonly Uint8Array[];

type Strategy = ReturnType<typeof snapshotSync>;
type Message = Strategy extends StateSync<AnyStateMachine, infer M> ? M : never;

/** Snapshot sync that answers with something else than it should. In everything else it is as it always is. */
export function lyingParts(lie: Lie, options: SnapshotSyncOptions = {}): Strategy {
  const honest = snapshotSync(options);
  const { descriptor, name, wireVersions, signature } = honest;
  return {
    descriptor,
    name,
    wireVersions,
    signature,
    messages: (version) => altered(honest.messages(version), lie),
    createProvider: (context) => honest.createProvider(context),
    createSession: (...given) => honest.createSession(...given),
  };
}

function altered(codec: Codec<Message>, lie: Lie): Codec<Message> {
  return {
    encode: (message) =>
      codec.encode(message.type === 'parts' ? { ...message, parts: lie(message.parts) } : message),
    decode: (bytes) => codec.decode(bytes),
  };
}
