import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import { OpenSession } from '../src/client-session/open-session.ts';
import {
  decodeResults,
  encodeResults,
  type Index,
  jsonCodec,
  MAX_REPLY_BYTES,
  MAX_SESSION_REPLY_BYTES,
  MAX_SESSIONS,
  REPLY_OVERHEAD,
  RejectCommand,
  SESSION_IDLE_MS,
  SESSION_STEP_MS,
  type SessionKey,
  SessionTable,
  SessionTableReader,
  type SessionVerdict,
  type SnapshotItem,
  sessionIdOf,
  sessionKeyOf,
  type Term,
  toClientSessionId,
  toHex,
} from '../src/index.ts';

function keyOf(n: number): SessionKey {
  return sessionKeyOf(toClientSessionId(n.toString(16).padStart(32, '0')));
}

/** A table that is driven by entries 1, 2, 3, …, and replies with so many bytes. */
class Driven {
  table = new SessionTable();
  index = 0;
  stamp = 1_000_000;

  take(
    n: number,
    sequence: number,
    more: { through?: number; opening?: number; bytes?: number } = {},
  ): SessionVerdict {
    this.index += 1;
    const { through = 0, opening = null, bytes = 1 } = more;
    const place = { session: keyOf(n), sequence, through, opening };
    const verdict = this.table.take(place, this.index, this.stamp);
    if (verdict.type === 'next') this.answer(n, bytes);
    return verdict;
  }

  answer(n: number, bytes: number): void {
    const reply = {
      last: this.index as Index,
      term: 1 as Term,
      bytes: new Uint8Array(bytes).fill(this.index),
    };
    this.table.answer(keyOf(n), reply);
  }

  open(n: number): SessionVerdict {
    return this.take(n, 1, { opening: this.index });
  }

  close(n: number): void {
    this.index += 1;
    this.table.close(keyOf(n), this.stamp);
  }

  /** Group time passes in steps that count in full. */
  pass(ms: number): void {
    for (let left = ms; left > 0; left -= SESSION_STEP_MS) {
      this.stamp += Math.min(left, SESSION_STEP_MS);
      this.take(0, 0);
    }
  }
}

describe('the table of client sessions', () => {
  it('H7: gives the next number once, and to its copies what became of it', () => {
    const driven = new Driven();
    expect(driven.open(1)).toEqual({ type: 'next' });
    const at = driven.index;
    expect(driven.take(1, 2)).toEqual({ type: 'next' });
    const again = driven.take(1, 1, { opening: 0 });
    expect(again).toEqual({ type: 'replied', reply: { last: at, term: 1, bytes: new Uint8Array([at]) } });
    expect(driven.take(1, 3)).toEqual({ type: 'next' });
  });

  it('refuses what is out of order, and keeps no trace of it', () => {
    const driven = new Driven();
    driven.open(1);
    expect(driven.take(1, 3)).toEqual({ type: 'out-of-order', next: 2 });
    expect(driven.take(1, 2)).toEqual({ type: 'next' });
    expect(driven.take(1, 3)).toEqual({ type: 'next' });
  });

  it('drops replies that are no longer needed, and says that they are gone', () => {
    const driven = new Driven();
    driven.open(1);
    driven.take(1, 2);
    driven.take(1, 3, { through: 1 });
    expect(driven.take(1, 1)).toEqual({ type: 'gone' });
    expect(driven.take(1, 2).type).toBe('replied');
    expect(driven.table.replyBytes).toBe(2 * (1 + REPLY_OVERHEAD));
    // A late copy takes nothing back.
    expect(driven.take(1, 2, { through: 0 }).type).toBe('replied');
    expect(driven.take(1, 1)).toEqual({ type: 'gone' });
  });

  it('refuses a session that it does not know, and one that was closed', () => {
    const driven = new Driven();
    expect(driven.take(1, 1)).toEqual({ type: 'unknown' });
    driven.open(1);
    driven.close(1);
    expect(driven.take(1, 2)).toEqual({ type: 'unknown' });
    expect(driven.table.size).toBe(0);
    expect(driven.table.replyBytes).toBe(0);
  });

  it('opens a session without a command, once', () => {
    const driven = new Driven();
    expect(driven.take(1, 0, { opening: 0 })).toEqual({ type: 'open' });
    expect(driven.take(1, 0, { opening: 0 })).toEqual({ type: 'open' });
    expect(driven.take(1, 1)).toEqual({ type: 'next' });
  });

  it('forgets a session that was idle for too long, and never begins it again by a late copy', () => {
    const driven = new Driven();
    driven.open(1);
    driven.open(2);
    driven.pass(SESSION_IDLE_MS - 1);
    expect(driven.take(2, 2)).toEqual({ type: 'next' });
    driven.pass(2);
    expect(driven.take(1, 2)).toEqual({ type: 'unknown' });
    expect(driven.take(1, 1, { opening: 0 })).toEqual({ type: 'unknown' });
    expect(driven.take(2, 3)).toEqual({ type: 'next' });
    expect(driven.open(3)).toEqual({ type: 'next' });
  });

  it('counts no step of time for more than it may be: a clock that jumps ends no session', () => {
    const driven = new Driven();
    driven.open(1);
    driven.stamp += 10 * SESSION_IDLE_MS;
    expect(driven.take(1, 2)).toEqual({ type: 'next' });
  });

  it('forgets the session that was idle for the longest time when there are too many', () => {
    const driven = new Driven();
    for (let n = 1; n <= MAX_SESSIONS; n++) driven.open(n);
    driven.take(1, 2);
    expect(driven.table.size).toBe(MAX_SESSIONS);
    expect(driven.open(MAX_SESSIONS + 1)).toEqual({ type: 'next' });
    expect(driven.table.size).toBe(MAX_SESSIONS);
    expect(driven.take(2, 2)).toEqual({ type: 'unknown' });
    expect(driven.take(2, 1, { opening: 1 })).toEqual({ type: 'unknown' });
    expect(driven.take(1, 3)).toEqual({ type: 'next' });
  });

  it('drops the oldest replies of a session that keeps too many bytes', () => {
    const driven = new Driven();
    const bytes = MAX_SESSION_REPLY_BYTES / 4 - REPLY_OVERHEAD;
    driven.open(1);
    for (let n = 2; n <= 6; n++) driven.take(1, n, { bytes });
    expect(driven.table.replyBytes).toBe(MAX_SESSION_REPLY_BYTES);
    expect(driven.take(1, 2)).toEqual({ type: 'gone' });
    expect(driven.take(1, 3).type).toBe('replied');
    // A reply that is beyond the bound by itself is not kept, and the command has counted.
    expect(driven.take(1, 7, { bytes: MAX_SESSION_REPLY_BYTES }).type).toBe('next');
    expect(driven.take(1, 7)).toEqual({ type: 'gone' });
    expect(driven.table.replyBytes).toBe(0);
  });

  it('drops the replies of idle sessions first when all together keep too many bytes', () => {
    const driven = new Driven();
    const bytes = MAX_SESSION_REPLY_BYTES - REPLY_OVERHEAD;
    const sessions = MAX_REPLY_BYTES / MAX_SESSION_REPLY_BYTES;
    for (let n = 1; n <= sessions; n++) driven.take(n, 1, { opening: driven.index, bytes });
    expect(driven.table.replyBytes).toBe(MAX_REPLY_BYTES);
    driven.take(1, 1);
    driven.take(9, 1, { opening: driven.index, bytes });
    expect(driven.table.replyBytes).toBeLessThanOrEqual(MAX_REPLY_BYTES);
    expect(driven.take(2, 1)).toEqual({ type: 'gone' });
    expect(driven.take(1, 1).type).toBe('replied');
    expect(driven.take(9, 1).type).toBe('replied');
  });
});

/** What may happen to a table; numbers choose among what makes sense. */
const steps = fc.array(
  fc.record({
    kind: fc.constantFrom('next', 'next', 'next', 'copy', 'skip', 'open', 'close', 'time'),
    session: fc.integer({ min: 1, max: 5 }),
    n: fc.nat({ max: 40 }),
  }),
  { maxLength: 120 },
);

function run(
  driven: Driven,
  list: readonly { kind: string; session: number; n: number }[],
): SessionVerdict[] {
  return list.map(({ kind, session, n }) => {
    const known = driven.table.get(keyOf(session));
    const next = known?.next ?? 1;
    if (kind === 'time') {
      driven.stamp += n * 2000;
      return driven.take(session, next);
    }
    if (kind === 'close') {
      driven.close(session);
      return { type: 'open' };
    }
    if (kind === 'open') return driven.take(session, 1, { opening: Math.max(0, driven.index - n), bytes: n });
    if (kind === 'copy') return driven.take(session, Math.max(2, next - n));
    if (kind === 'skip') return driven.take(session, next + 1 + n);
    return driven.take(session, next, { through: Math.max(0, next - 1 - n), bytes: n });
  });
}

function itemsOf(table: SessionTable): readonly SnapshotItem[] {
  const capture = table.capture();
  const items = capture.items(0, capture.length);
  capture.release();
  return items;
}

function tableOf(items: readonly SnapshotItem[]): SessionTable {
  const reader = new SessionTableReader();
  reader.add(items);
  return reader.finish();
}

describe('a table in items', () => {
  it('is read as it was written, and goes on as the one that was written', () => {
    fc.assert(
      fc.property(steps, steps, (first, second) => {
        const one = new Driven();
        run(one, first);
        const items = itemsOf(one.table);
        const other = new Driven();
        other.table = tableOf(items);
        other.index = one.index;
        other.stamp = one.stamp;
        expect(itemsOf(other.table)).toEqual(items);
        expect(other.table.replyBytes).toBe(one.table.replyBytes);
        expect(run(other, second)).toEqual(run(one, second));
        expect(itemsOf(other.table)).toEqual(itemsOf(one.table));
      }),
    );
  });

  it('is equal where the entries were equal, and H7: no number is ever given twice', () => {
    fc.assert(
      fc.property(steps, (list) => {
        const [one, other] = [new Driven(), new Driven()];
        run(one, list);
        const given = new Map<string, number>();
        for (const step of list) {
          const before = other.table.get(keyOf(step.session))?.openedAt;
          const [verdict] = run(other, [step]);
          const now = other.table.get(keyOf(step.session));
          if (verdict?.type !== 'next' || now === undefined) continue;
          const began = before !== now.openedAt;
          const name = `${now.key} ${now.openedAt}`;
          expect(now.next - 1).toBe(began ? 1 : (given.get(name) ?? 0) + 1);
          given.set(name, now.next - 1);
        }
        expect(itemsOf(other.table)).toEqual(itemsOf(one.table));
      }),
    );
  });

  it('stands still in a capture, whatever becomes of the table, and for each of several captures', () => {
    fc.assert(
      fc.property(steps, steps, steps, (first, second, third) => {
        const driven = new Driven();
        run(driven, first);
        const then = itemsOf(driven.table);
        const capture = driven.table.capture();
        run(driven, second);
        const later = driven.table.capture();
        const lateItems = itemsOf(driven.table);
        run(driven, third);
        expect(capture.length).toBe(then.length);
        expect(capture.items(0, capture.length)).toEqual(then);
        capture.release();
        run(driven, first);
        expect(later.items(0, later.length)).toEqual(lateItems);
        later.release();
      }),
    );
  });

  it('gives any range of its items, in the order of their keys', () => {
    const driven = new Driven();
    // First bytes all over the range, in no order.
    const names = Array.from(
      { length: 300 },
      (_, i) => `${((i * 37) % 256).toString(16).padStart(2, '0')}${i}`,
    );
    for (const name of names) {
      driven.index += 1;
      const session = sessionKeyOf(toClientSessionId(name.padEnd(32, '0')));
      const opening = { session, sequence: 1, through: 0, opening: driven.index };
      expect(driven.table.take(opening, driven.index, driven.stamp)).toEqual({ type: 'next' });
    }
    const capture = driven.table.capture();
    const all = capture.items(0, capture.length);
    expect(all.map(({ key }) => toHex(key))).toEqual([
      '',
      ...names.map((name) => name.padEnd(32, '0')).sort(),
    ]);
    for (let from = 0; from < all.length; from += 7) {
      expect(capture.items(from, from + 11)).toEqual(all.slice(from, from + 11));
    }
    capture.release();
  });

  it('is captured without a look at its sessions, and copies a session once, when it changes', () => {
    const driven = new Driven();
    for (let n = 1; n <= 1_000; n++) driven.open(n);
    const copies = vi.spyOn(OpenSession.prototype, 'copy');
    const capture = driven.table.capture();
    expect(copies).not.toHaveBeenCalled();
    for (let sequence = 2; sequence < 10; sequence++) {
      driven.take(5, sequence);
      driven.take(6, sequence);
    }
    driven.close(7);
    expect(copies).toHaveBeenCalledTimes(3);
    capture.release();
    driven.take(8, 2);
    driven.close(9);
    expect(copies).toHaveBeenCalledTimes(3);
    copies.mockRestore();
  });

  it('that is damaged or of another format is refused', () => {
    const driven = new Driven();
    driven.open(1);
    driven.open(2);
    const [head, first, second] = itemsOf(driven.table) as [SnapshotItem, SnapshotItem, SnapshotItem];
    const value = first.value;
    const cut = { key: first.key, value: value.subarray(0, value.length - 1) };
    expect(() => tableOf([head, cut])).toThrow('at byte');
    expect(() => tableOf([first, second])).toThrow('without a head');
    expect(() => tableOf([])).toThrow('without a head');
    expect(() => tableOf([head, { key: first.key.subarray(1), value }])).toThrow('a session of 15 bytes');
    expect(() => tableOf([head, first, { key: second.key, value }])).toThrow('used last by entry 1');
    const other = new Uint8Array([2, ...head.value.subarray(1)]);
    expect(() => tableOf([{ key: head.key, value: other }])).toThrow('format 2');
    const more = new Uint8Array([...head.value, 0]);
    expect(() => tableOf([{ key: head.key, value: more }])).toThrow('too many');
  });
});

describe('results in bytes', () => {
  const codec = jsonCodec<unknown>();

  it('are read as they were written, refusals among them', () => {
    const part = fc.oneof(fc.jsonValue(), fc.record({ reason: fc.string({ unit: 'grapheme' }) }));
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.boolean(), part), { maxLength: 5 }), (parts) => {
        const results = parts.map(([refused, value]) =>
          refused
            ? new RejectCommand('NO', JSON.stringify(value))
            : (JSON.parse(JSON.stringify(value)) as unknown),
        );
        const opened = decodeResults(encodeResults(results, codec), codec);
        expect(opened).toEqual(results);
        for (const [i, result] of opened.entries()) {
          expect(result instanceof RejectCommand).toBe(results[i] instanceof RejectCommand);
        }
      }),
    );
  });

  it('that end within themselves are refused', () => {
    const bytes = encodeResults([1, 2], codec);
    expect(() => decodeResults(bytes.subarray(0, 3), codec)).toThrow();
    expect(() => decodeResults(new Uint8Array([7]), codec)).toThrow('type 7');
  });
});

it('a session has one name, in digits and as a key', () => {
  const id = toClientSessionId('00ffd8007f80dc00a1b2c3d4e5f60718');
  expect(sessionIdOf(sessionKeyOf(id))).toBe(id);
  expect(() => toClientSessionId('00FF')).toThrow(RangeError);
});
