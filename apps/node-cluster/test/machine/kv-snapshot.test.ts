import { DecodeError, textCodec } from '@smalti/core';
import { describe, expect, it } from 'vitest';
import { KvMachine } from '../../src/machine/index.ts';

describe('a snapshot of the key-value machine', () => {
  it('refuses items that it does not know, and versions that it does not know', () => {
    const machine = new KvMachine();
    const snapshot = machine.emptySnapshot(1);
    const lasting = Uint8Array.of(0, 65);
    const wrong: [Uint8Array, Uint8Array][] = [
      [Uint8Array.of(2), lasting],
      [Uint8Array.of(0, 0), new Uint8Array(8)],
      [Uint8Array.of(0), new Uint8Array(8)],
      [Uint8Array.of(0), new Uint8Array(9).fill(1)],
      [Uint8Array.of(1), Uint8Array.of(2)],
      [Uint8Array.of(1, 1), Uint8Array.of(1, 1, 1)],
      [new Uint8Array(0), lasting],
    ];
    for (const [key, value] of wrong) {
      expect(() => machine.emptySnapshot(1).append([{ key, value }])).toThrow(DecodeError);
    }
    const key = textCodec.encode('\u0001a');
    snapshot.append([{ key, value: lasting }]);
    expect(() => snapshot.append([{ key, value: lasting }])).toThrow(/not in order/);
    expect(() => machine.emptySnapshot(2)).toThrow(RangeError);
  });

  it('takes in any number of items, in any pieces, and changes like the state that it is of', () => {
    const set = { op: 'set', when: 'always', expiry: 'never', get: false } as const;
    for (const count of [0, 1, 33, 2048, 2049, 5000]) {
      const machine = new KvMachine();
      for (let i = 0; i < count; i++) machine.apply({ ...set, key: `key${i}`, value: `${i}` }, { time: 7 });
      const captured = machine.createSnapshot();
      const empty = machine.emptySnapshot(1);
      for (let at = 0, piece = 1; at < captured.length; at += piece, piece = 1 + ((piece * 7) % 500)) {
        empty.append(captured.items(at, Math.min(captured.length, at + piece)));
        // Whoever looks in between changes nothing.
        if (piece % 5 === 0) expect(empty.length).toBe(Math.min(captured.length, at + piece));
      }
      const other = new KvMachine();
      other.installSnapshot(empty);
      empty.release();
      for (const each of [machine, other]) {
        for (let i = 0; i < count; i += 3) each.apply({ op: 'del', keys: [`key${i}`] }, { time: 8 });
        for (let i = 0; i < 100; i++) each.apply({ ...set, key: `key${i}x`, value: 'x' }, { time: 9 });
      }
      const [mine, theirs] = [machine.createSnapshot(), other.createSnapshot()];
      expect(theirs.length).toBe(mine.length);
      expect(theirs.items(0, theirs.length)).toEqual(mine.items(0, mine.length));
    }
  });

  it('hides after an install what had expired before', () => {
    const machine = new KvMachine();
    const set = { op: 'set', key: 'k', value: 'v', when: 'always', get: false } as const;
    machine.apply({ ...set, expiry: 10 }, { time: 1000 });
    // More expire than one command removes.
    for (let i = 0; i < 40; i++) machine.apply({ ...set, key: `k${i}`, expiry: 10 }, { time: 1000 });
    machine.apply({ ...set, key: 'z', expiry: 'never' }, { time: 5000 });
    const other = new KvMachine();
    const [captured, empty] = [machine.createSnapshot(), other.emptySnapshot(1)];
    empty.append(captured.items(0, captured.length));
    other.installSnapshot(empty);
    expect([other.size, other.expiring, other.nextDeadline()]).toEqual([1, 0, 1010]);
    expect(other.query({ op: 'get', key: 'k39' })).toEqual({ kind: 'value', value: null });
    captured.release();
    empty.release();
    expect(other.query({ op: 'get', key: 'z' })).toEqual({ kind: 'value', value: 'v' });
  });
});
