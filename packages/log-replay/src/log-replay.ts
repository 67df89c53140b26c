import type { AnyStateMachine, StateSync } from '@smalti/core';
import { type LogReplayMessage, messageCodec } from './messages.ts';
import { type LogReplayOptions, settingsOf } from './options.ts';
import { LogReplayProvider } from './provider.ts';
import { LogReplaySession } from './session.ts';

/**
 * Catches up by fetching the committed entries that are missing, from all peers at once and the leader last, and
 * applying them in order. Works with any state machine, as long as somebody's log still has the entries: where they
 * were pruned everywhere its session fails with `CANNOT_SYNC`. It never lets the log be pruned by itself.
 *
 * @throws SmaltiError `BAD_OPTION` naming an option that is out of its range.
 */
export function logReplay(options: LogReplayOptions = {}): StateSync<AnyStateMachine, LogReplayMessage> {
  const settings = settingsOf(options);
  return {
    descriptor: {
      name: '@smalti/log-replay',
      version: '0.1.0',
      contract: 'state-sync',
      contractVersion: 1,
    },
    name: 'log-replay',
    wireVersions: { min: 1, max: 1 },
    signature: 'smalti/log-replay/1',
    messages: () => messageCodec,
    createProvider: () => new LogReplayProvider(settings),
    createSession: (context) => new LogReplaySession(settings, context),
  };
}
