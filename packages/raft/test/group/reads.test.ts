import type { Index } from '@smalti/core';
import { Simulation } from '@smalti/simulator';
import { describe, expect, it } from 'vitest';
import { CallOrder } from '../../src/group/call-order.ts';
import { limitsOf } from '../../src/group/defaults.ts';
import { Reads } from '../../src/group/reads.ts';

describe('strong reads of one handle', () => {
  it('that were answered by the leader do not wait for one before them that was given up', () => {
    const { clock } = new Simulation().node('n').ports;
    const asked: number[] = [];
    const reads = new Reads({ ask: (id) => asked.push(id), applied: () => 0 as Index }, clock, limitsOf());
    const order = new CallOrder();
    const told: string[] = [];
    const stop = new AbortController();
    const open = (name: string, signal?: AbortSignal): void =>
      reads.open(
        order,
        signal === undefined ? {} : { signal },
        () => told.push(name),
        ({ code }) => told.push(`${name} ${code}`),
      );
    open('first', stop.signal);
    reads.flush();
    open('second');
    reads.flush();
    expect(asked).toEqual([1, 2]);
    reads.ready(2, 0 as Index);
    expect(told).toEqual([]);
    stop.abort();
    expect(told).toEqual(['first ABORTED', 'second']);
  });
});
