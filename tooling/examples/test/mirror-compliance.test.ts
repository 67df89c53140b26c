import { registerCases, stateSyncSuite } from '@smalti/compliance';
import { describe, it } from 'vitest';
import { type MirrorMessage, mirror } from '../src/mirror.ts';

const cases = stateSyncSuite<MirrorMessage>({
  abilities: ['tolerant', 'spares-leader', 'reports'],
  create: () => mirror(),
  heldBytes: 128 * 1024,
});

registerCases({ describe, it }, 'mirror', cases);
