import { registerCases, type StateMachineFactory, stateMachineSuite } from '@smalti/compliance';
import { cursor } from '@smalti/core';
import { describe, expect, it } from 'vitest';
import { type KvCommand, KvMachine, type KvResult } from '../src/world/kv-machine.ts';

type Random = Parameters<StateMachineFactory<KvCommand, string, KvResult>['command']>[0];

const KEYS = ['lasting-0.0', 'lasting-1.0', 'lasting-1.1', 'passing-0-3.0'];

function command(random: Random): KvCommand {
  const op = random.pick(['set', 'append', 'cas', 'delete'] as const);
  const id = random.below(1000);
  const expected = op === 'cas' ? random.pick([null, '1.']) : null;
  return { id, op, key: random.pick(KEYS), value: `${id}.`, expected, more: 0 };
}

registerCases(
  { describe, it },
  'the machine of the seeds',
  stateMachineSuite({
    abilities: ['snapshot'],
    create: () =>
      new KvMachine(
        () => {},
        () => {},
      ),
    command,
    query: (random) => random.pick(KEYS),
  }),
);

describe('the machine of the seeds', () => {
  const at = (index: number) => ({ at: cursor(1, index), version: 1 });
  const set = (id: number): KvCommand => ({
    id,
    op: 'set',
    key: 'k',
    value: `${id}.`,
    expected: null,
    more: 0,
  });
  const machine = (...indices: number[]): KvMachine => {
    const made = new KvMachine(
      () => {},
      () => {},
    );
    for (const index of indices) made.apply(set(index), at(index));
    return made;
  };
  const items = (of: KvMachine) => {
    const snapshot = of.createSnapshot();
    return JSON.stringify(snapshot.items(0, snapshot.length).map(({ key, value }) => [[...key], [...value]]));
  };

  it('tells states apart that clients cannot: by what led there, and by a bit that turned over', () => {
    expect(items(machine(1, 2))).toBe(items(machine(1, 2)));
    // What was written before is gone, and the last write the same.
    expect(items(machine(2))).not.toBe(items(machine(1, 2)));
    const flipped = machine(1, 2);
    flipped.flip(4);
    expect(items(flipped)).not.toBe(items(machine(1, 2)));
    expect(flipped.query('k')).toEqual(machine(1, 2).query('k'));
  });

  it('tells of a state that takes the place of its own', () => {
    const told: unknown[] = [];
    const other = new KvMachine(
      () => {},
      (values, { last }) => told.push([...values], last),
    );
    other.installSnapshot(machine(1, 2).createSnapshot());
    expect(told).toEqual([[['k', '2.']], 2]);
  });

  it('fails at poison after half of its change, if its program cannot apply it', () => {
    const told: number[] = [];
    const weak = (able: number) =>
      new KvMachine(
        () => told.push(0),
        () => {},
        { able, fails: ({ index }) => told.push(index) },
      );
    const poison = { ...set(7), op: 'poison' as const };
    const failing = weak(6);
    expect(() => failing.apply(poison, at(3))).toThrow('cannot go on');
    expect(failing.query('k').value).toBe('7.');
    expect(failing.last).toBe(0);
    expect(weak(7).apply(poison, at(3))).toEqual({ before: null, value: '7.' });
    expect(told).toEqual([3, 0]);
    expect(machine(1).apply(poison, at(3)).value).toBe('7.');
  });
});
