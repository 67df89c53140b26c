import { type Lie, registerCases, type StateSyncFactory, stateSyncSuite } from '@smalti/compliance';
import { describe, it } from 'vitest';
import { type LogReplayMessage, logReplay } from '../src/index.ts';

const factory: StateSyncFactory<LogReplayMessage> = {
  abilities: ['tolerant', 'asks-again', 'several', 'spares-leader', 'slow-lines', 'reports'],
  create: () => logReplay({ windowBytes: 64 * 1024, servedBytes: 64 * 1024 }),
  heldBytes: 256 * 1024,
  lies: {
    'it has a million entries more': said('available', (message) => ({
      ...message,
      last: message.last + 1_000_000,
    })),
    'it has nothing': said('available', (message) => ({ ...message, last: message.first - 1 })),
    'another term comes before': said('run', (message) => ({ ...message, prevTerm: message.prevTerm + 1 })),
    'an empty run': said('run', (message) => ({ ...message, frames: new Uint8Array(0) })),
    'a run from elsewhere': said('run', (message) => ({ ...message, first: message.first + 1 })),
    'a run cut off': said('run', (message) => ({ ...message, frames: message.frames.subarray(0, -5) })),
  },
};

/** Changes each message of one type, and leaves the others. */
function said<T extends LogReplayMessage['type']>(
  type: T,
  change: (message: Extract<LogReplayMessage, { type: T }>) => LogReplayMessage,
): Lie<LogReplayMessage> {
  return (message) => [message.type === type ? change(message as never) : message];
}

registerCases({ describe, it }, 'log replay', stateSyncSuite(factory));
