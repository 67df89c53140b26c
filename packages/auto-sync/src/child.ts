import type { AnyStateMachine, Codec, StateSync } from '@smalti/core';

/** A strategy that others are composed with. Its messages and machine are its own matter. */
// biome-ignore lint/suspicious/noExplicitAny: contexts and messages go through to the strategy's own types
export type AnyStrategy = StateSync<any, any>;

/** A message of one of the strategies. */
export interface ChildMessage {
  /** The place of the strategy, in the order of names. */
  readonly child: number;
  readonly message: unknown;
}

/** Messages of all strategies, each in front of it a byte that says whose it is. */
export function childCodec(strategies: readonly AnyStrategy[], version: number): Codec<ChildMessage> {
  const codecs = strategies.map((strategy) => {
    const { min, max } = strategy.wireVersions;
    return strategy.messages(Math.min(max, Math.max(min, version))) as Codec<unknown>;
  });
  const codecOf = (child: number | undefined): Codec<unknown> => {
    const codec = codecs[child ?? -1];
    if (codec === undefined) throw new RangeError(`a message of strategy ${child}, of ${codecs.length}`);
    return codec;
  };
  return {
    encode: ({ child, message }) => {
      const inner = codecOf(child).encode(message);
      const bytes = new Uint8Array(1 + inner.length);
      bytes[0] = child;
      bytes.set(inner, 1);
      return bytes;
    },
    decode: (bytes) => {
      const child = bytes[0];
      return { child: child as number, message: codecOf(child).decode(bytes.subarray(1)) };
    },
  };
}

/** The machine is any. */
export type Machine = AnyStateMachine;
