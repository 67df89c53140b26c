import { noopMachine, type SnapshotStore } from '@smalti/core';
import { describe, expect, it } from 'vitest';
import { checkCheckpoints, checkpointsOf } from '../../src/group/checkpoint-options.ts';

const descriptor = { name: 'a store', version: '1', contract: 'snapshot-store', contractVersion: 1 };
const store = { descriptor } as unknown as SnapshotStore;

describe('options of checkpoints', () => {
  it('have defaults', () => {
    const { format, everyMs, abandonMs } = checkpointsOf({ store });
    expect(format.targetBytes).toBe(2048);
    expect(everyMs).toBe(3_600_000);
    expect(abandonMs).toBe(600_000);
  });

  it.each([
    ['everyBytes', 4095],
    ['everyEntries', 0],
    ['everyMs', Number.NaN],
    ['keepBytes', -1],
    ['cutBytesPerSecond', 1000],
    ['abandonMs', 1.5],
  ])('refuse %s of %d, and name it', (option, value) => {
    expect(() => checkpointsOf({ store, [option]: value })).toThrow(
      expect.objectContaining({ code: 'BAD_OPTION', message: expect.stringContaining(option) }),
    );
  });

  it('refuse a format that is not possible', () => {
    const format = { version: 1, minBytes: 1, targetBytes: 2, maxBytes: 3 };
    expect(() => checkpointsOf({ store, format })).toThrow(expect.objectContaining({ code: 'BAD_OPTION' }));
  });

  it('refuse a machine that cannot be captured, and what is no store', () => {
    const mismatch = expect.objectContaining({ code: 'PLUGIN_MISMATCH' });
    expect(() => checkCheckpoints(noopMachine(), { store })).toThrow(mismatch);
    expect(() => checkCheckpoints(noopMachine(), { store: {} as SnapshotStore })).toThrow(mismatch);
  });
});
