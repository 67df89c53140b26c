import type { AnyStateMachine, StateSync } from '@smalti/core';
import { messageCodec, type SnapshotSyncMessage } from './messages.ts';
import { type SnapshotSyncOptions, settingsOf } from './options.ts';
import { SnapshotSyncProvider } from './provider.ts';
import { SnapshotSyncSession } from './session.ts';

/**
 * Catches up by fetching those parts of a checkpoint that are not here, from all peers at once and the leader last, by
 * installing it, and by fetching the entries after it. Needs a machine that can be captured, and a group that is joined
 * with checkpoints. It lets the log be pruned up to the newest checkpoint that is agreed on, and keeps what sessions of
 * peers need for a bounded time.
 *
 * @throws SmaltiError `BAD_OPTION` naming an option that is out of its range.
 */
export function snapshotSync(
  options: SnapshotSyncOptions = {},
): StateSync<AnyStateMachine, SnapshotSyncMessage> {
  const settings = settingsOf(options);
  return {
    descriptor: {
      name: '@smalti/snapshot-sync',
      version: '0.1.0',
      contract: 'state-sync',
      contractVersion: 1,
    },
    name: 'snapshot-sync',
    wireVersions: { min: 1, max: 1 },
    signature: 'smalti/snapshot-sync/1',
    messages: () => messageCodec,
    createProvider: () => new SnapshotSyncProvider(settings),
    createSession: (context) => new SnapshotSyncSession(settings, context),
  };
}
