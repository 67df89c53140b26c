import { type Cursor, cursor, type SmaltiError } from '@smalti/core';
import { describe, expect, it } from 'vitest';
import { Quarantine } from '../../../src/group/checkpoints/quarantine.ts';
import { part } from '../../sync/support/snapshots.ts';

function setup(span: number) {
  const stops: SmaltiError[] = [];
  const quarantine = new Quarantine(span, {
    enter: () => {},
    leave: () => {},
    agreedInLog: () => null,
    handOver: () => {},
    repair: () => null,
    note: () => {},
    stop: (error) => stops.push(error),
  });
  const diverge = (at: Cursor): void => quarantine.diverged({ at, root: part(1) }, part(2));
  return { quarantine, stops, diverge };
}

describe('the span in which a node may not diverge twice', () => {
  it('is counted in checkpoints, and each once, however often its outcome is applied', () => {
    const { quarantine, stops, diverge } = setup(3);
    for (const index of [10, 20, 30]) quarantine.agreed(cursor(1, index));
    diverge(cursor(1, 30));
    quarantine.replaced();
    // What was installed is older, and the outcomes after it are applied again.
    for (const index of [10, 20, 30]) quarantine.agreed(cursor(1, index));
    for (const index of [40, 50]) quarantine.agreed(cursor(1, index));
    diverge(cursor(1, 50));
    expect(stops).toHaveLength(1);
    expect(stops[0]?.message).toContain('2 checkpoints after');
  });

  it('ends after so many', () => {
    const { quarantine, stops, diverge } = setup(3);
    diverge(cursor(1, 30));
    quarantine.replaced();
    for (const index of [40, 50, 60, 70]) quarantine.agreed(cursor(1, index));
    diverge(cursor(1, 70));
    expect(stops).toEqual([]);
    expect(quarantine.why?.code).toBe('DIVERGED');
  });
});
