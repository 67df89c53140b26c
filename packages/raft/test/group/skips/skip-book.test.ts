import {
  type Cursor,
  type Entry,
  EntryKind,
  type EntryName,
  encodeOutcome,
  encodeSkip,
  type Index,
  nameOfEntry,
  SmaltiError,
  type Term,
  toPartName,
  toPeerId,
} from '@smalti/core';
import { Simulation } from '@smalti/simulator';
import { describe, expect, it } from 'vitest';
import { SkipBook } from '../../../src/group/skips/skip-book.ts';
import { Script } from '../support/applying.ts';

/** A log, and what a book that is told of it says. */
class World {
  readonly sim = new Simulation();
  readonly ports = this.sim.node('n1').ports;
  readonly script = new Script(this.ports.hasher);
  /** Of entries that are in the log no more, or are others by now. */
  readonly terms = new Map<number, Term | undefined>();
  committed = 1;
  readonly book = new SkipBook({
    termAt: (index) => (this.terms.has(index) ? this.terms.get(index) : this.script.entries[index - 1]?.term),
    committed: () => this.committed as Index,
  });

  skip(entry: EntryName): Entry {
    const payload = encodeSkip({ entry, by: toPeerId('n2'), reason: 'why' });
    const added = this.script.add(EntryKind.skip, payload);
    this.book.written([added]);
    return added;
  }
}

const cursorOf = ({ index, term }: Entry): Cursor => ({ index, term });

describe('what the log says of commands that are skipped', () => {
  it('is of an entry of that index, term and checksum, and of no other', () => {
    const world = new World();
    const entry = world.script.say('one');
    const name = nameOfEntry(entry);
    world.committed = 9;
    world.skip({ ...name, term: (name.term + 1) as Term });
    world.skip({ ...name, checksum: name.checksum ^ 1 });
    world.skip({ ...name, index: (name.index + 1) as Index });
    expect(world.book.look(entry)).toBeNull();
    const added = world.skip(name);
    expect(world.book.look(entry)).toMatchObject({ at: cursorOf(added), skip: { entry: name } });
  });

  it('is waited for until it is committed, or cut', () => {
    const world = new World();
    const entry = world.script.say('one');
    const added = world.skip(nameOfEntry(entry));
    expect(world.book.look(entry)).toBe('wait');
    expect(world.book.isOpen).toBe(true);
    expect(world.book.committed).toEqual([]);
    expect(world.book.of(entry.index)).toMatchObject({ at: cursorOf(added) });
    // Another leader has written something else there, or nothing so far.
    for (const term of [3 as Term, undefined]) {
      world.terms.set(added.index, term);
      expect(world.book.look(entry)).toBeNull();
      expect(world.book.isOpen).toBe(false);
      expect(world.book.of(entry.index)).toBeNull();
    }
    world.terms.delete(added.index);
    world.committed = added.index;
    expect(world.book.look(entry)).toMatchObject({ at: cursorOf(added) });
    expect(world.book.isOpen).toBe(false);
    expect(world.book.committed).toMatchObject([{ at: cursorOf(added) }]);
  });

  it('is across what is between the two, as long as it is in the log', () => {
    const world = new World();
    world.script.say('before');
    const entry = world.script.say('one');
    world.script.say('two');
    const added = world.skip(nameOfEntry(entry));
    const across = (): boolean[] =>
      [-1, 0, 1, 2].map((more) => world.book.skipsAcross((entry.index + more) as Index));
    expect(across()).toEqual([false, true, true, false]);
    world.terms.set(added.index, 3 as Term);
    expect(across()).toEqual([false, false, false, false]);
  });

  it('is what the first one says, however many there are', () => {
    const world = new World();
    const entry = world.script.say('one');
    const first = world.skip(nameOfEntry(entry));
    world.skip(nameOfEntry(entry));
    world.committed = first.index;
    expect(world.book.look(entry)).toMatchObject({ at: cursorOf(first) });
  });

  it('is found in the log that a node begins with, while more is written', async () => {
    const world = new World();
    const { script, sim, ports } = world;
    const entry = script.say('one');
    const skip = { entry: nameOfEntry(entry), by: toPeerId('n2'), reason: 'why' };
    const old = script.add(EntryKind.skip, encodeSkip(skip));
    const later = script.say('two');
    const last = cursorOf(later);
    const ends: unknown[] = [];
    const read = (
      first: number,
      to: number,
      _bytes: number,
      done: (e: null, entries: readonly Entry[]) => void,
    ) => ports.scheduler.nextTurn(() => done(null, script.entries.slice(first - 1, Math.min(first, to))));
    const log = { last, read } as never;
    world.book.search({ log, scheduler: ports.scheduler }, 0 as Index, (error) => ends.push(error));
    expect(world.book.complete).toBe(false);
    const newer = world.skip(nameOfEntry(later));
    await sim.runFor(100);
    expect(ends).toEqual([null]);
    expect(world.book.complete).toBe(true);
    world.committed = newer.index;
    expect(world.book.committed.map(({ at }) => at)).toEqual([cursorOf(old), cursorOf(newer)]);
  });

  it('is not complete if the log cannot be read', () => {
    const world = new World();
    const broken = new SmaltiError('STORAGE_CORRUPT', 'rotten');
    const read = (...[, , , done]: [number, number, number, (e: SmaltiError) => void]) => done(broken);
    const ends: unknown[] = [];
    const log = { last: { index: 5 as Index, term: 2 as Term }, read } as never;
    world.book.search({ log, scheduler: world.ports.scheduler }, 0 as Index, (error) => ends.push(error));
    expect(ends).toEqual([broken]);
    expect(world.book.complete).toBe(false);
  });

  it('shows on which checkpoints there is agreement', () => {
    const world = new World();
    const root = toPartName('ab'.repeat(32));
    const outcome = world.script.add(
      EntryKind.outcome,
      encodeOutcome({ verdict: 'agreed', marker: 5 as Index, root }),
    );
    const other = world.script.add(
      EntryKind.outcome,
      encodeOutcome({ verdict: 'disputed', marker: 7 as Index }),
    );
    world.book.written([outcome, other]);
    expect([4, 5, 6].map((index) => world.book.agreedFrom(index as Index))).toEqual([5, 5, null]);
    world.terms.set(outcome.index, undefined);
    expect(world.book.agreedFrom(4 as Index)).toBeNull();
  });
});
