import { type Cursor, cursor, type Entry, type Index, joinFrames, type SmaltiError } from '@smalti/core';
import { describe, expect, it } from 'vitest';
import { diskFull, entriesOf, type FakeDoor, foreignFramer } from './support/door.ts';
import { Scripted } from './support/strategy.ts';
import { codeOf, textOf, World } from './support/world.ts';

/** What is committed; the node has the first two. */
const TERMS = [1, 1, 1, 2, 2, 2];

async function session(): Promise<{ world: World; sync: Scripted; door: FakeDoor; answers: Answers }> {
  const sync = new Scripted('replay');
  const world = new World([sync]);
  const door = world.open(TERMS);
  await world.run();
  return { world, sync, door, answers: new Answers(sync) };
}

/** What appends were answered, in order. */
class Answers {
  readonly got: string[] = [];
  readonly errors: (SmaltiError | null)[] = [];
  readonly #sync: Scripted;

  constructor(sync: Scripted) {
    this.#sync = sync;
  }

  append(entries: readonly Entry[], name = 'append'): void {
    this.#sync.cx.append(entries, (error) => {
      this.got.push(`${name}: ${error === null ? 'durable' : `${error.code} ${error.message}`}`);
      this.errors.push(error);
    });
  }
}

const frames = (first: number, terms: readonly number[]): Uint8Array => joinFrames(entriesOf(first, terms));

describe('what a session verifies', () => {
  it('is given as entries if all of it holds', async () => {
    const { sync } = await session();
    const entries = sync.cx.verify(frames(3, [1, 2]));
    expect(entries.map(({ index, term }) => [index, term])).toEqual([
      [3, 1],
      [4, 2],
    ]);
    expect(sync.cx.verify(new Uint8Array(0))).toEqual([]);
  });

  it.each([
    ['of a wrong term', frames(3, [1, 1]), 'entry 4 is of term 1, and the committed one is of term 2'],
    ['above the ceiling', frames(6, [2, 2]), 'entry 7 is above the ceiling 6'],
    ['not chained', joinFrames([...entriesOf(3, [1]), ...entriesOf(5, [2])]), '5 comes after 3'],
    [
      'of falling terms',
      joinFrames([...entriesOf(4, [2]), ...entriesOf(5, [1])]),
      'comes after one of term 2',
    ],
    ['cut off', frames(3, [1]).subarray(0, 20), 'not whole frames'],
    [
      'of another cluster',
      joinFrames(entriesOf(3, [1], foreignFramer)),
      'the checksum of entry 3 does not hold',
    ],
  ])('is refused, by name, if it is %s', async (_, bytes, why) => {
    const { sync, door, world } = await session();
    expect(codeOf(() => sync.cx.verify(bytes))).toBe('SYNC_REFUSED');
    const text = textOf(() => sync.cx.verify(bytes));
    expect(text).toMatch(/^replay: /);
    expect(text).toContain(why);
    await world.run();
    expect(door.appended).toEqual([]);
    expect(world.host.status().session?.strategy).toBe('replay');
  });

  it('is refused if one byte has changed', async () => {
    const { sync } = await session();
    const bytes = frames(3, [1]).slice();
    bytes[24] = (bytes[24] ?? 0) ^ 1;
    expect(textOf(() => sync.cx.verify(bytes))).toContain('the checksum of entry 3 does not hold');
  });

  it('is refused where no leader has told the term', async () => {
    const { sync, door } = await session();
    door.ceiling = 9 as Index;
    const verify = (): unknown => sync.cx.verify(frames(7, [2]));
    expect(textOf(verify)).toContain('no leader has told the term of entry 7');
    expect(verify).toThrow(expect.objectContaining({ details: expect.objectContaining({ untold: true }) }));
  });

  it('cannot be changed afterwards', async () => {
    const { sync } = await session();
    const [entry] = sync.cx.verify(frames(3, [1])) as readonly { index: number }[];
    expect(() => {
      if (entry !== undefined) entry.index = 5;
    }).toThrow(TypeError);
  });
});

describe('what a session appends', () => {
  it('is durable when its callback says so, in order, and counts at once as verified', async () => {
    const { world, sync, door, answers } = await session();
    answers.append(sync.cx.verify(frames(3, [1])), 'first');
    answers.append(entriesOf(4, [2, 2]), 'second');
    expect(sync.cx.verified).toEqual(cursor(2, 5));
    await world.run();
    expect(answers.got).toEqual([]);
    door.written();
    expect(answers.got).toEqual([]);
    await world.run();
    expect(answers.got).toEqual(['first: durable']);
    door.written();
    await world.run();
    expect(answers.got).toEqual(['first: durable', 'second: durable']);
    expect(world.host.status().totals.entries).toBe(3);
  });

  it('may begin before what is missing, and only the rest is written', async () => {
    const { world, door, answers } = await session();
    answers.append(entriesOf(1, [1, 1, 1]));
    door.written();
    await world.run();
    expect(door.appended.map(({ index }) => index)).toEqual([3]);
    expect(answers.got).toEqual(['append: durable']);
  });

  it('is answered if all of it is there, after what is being written', async () => {
    const { world, door, answers } = await session();
    answers.append(entriesOf(1, [1]), 'old');
    answers.append(entriesOf(3, [1]), 'new');
    answers.append(entriesOf(3, [1]), 'again');
    await world.run();
    expect(answers.got).toEqual(['old: durable']);
    door.written();
    await world.run();
    expect(answers.got).toEqual(['old: durable', 'new: durable', 'again: durable']);
  });

  it.each([
    ['of a wrong term', () => entriesOf(3, [2]), 'entry 3 is of term 2, and the committed one is of term 1'],
    ['above the ceiling', () => entriesOf(3, [1, 2, 2, 2, 2]), 'entry 7 is above the ceiling 6'],
    [
      'not chained',
      () => [...entriesOf(3, [1]), ...entriesOf(5, [2])],
      'the run is not chained: 5 comes after 3',
    ],
    ['beyond a gap', () => entriesOf(4, [2]), 'it begins at 4, and what is held ends at 2'],
    ['of another cluster', () => entriesOf(3, [1], foreignFramer), 'the checksum of entry 3 does not hold'],
    ['nothing', () => [], 'there are no entries'],
    ['no entry', () => [{}] as Entry[], 'an entry without a frame'],
    ['no array', () => 'x' as unknown as Entry[], 'must be an array'],
  ])('is refused, by name and later, if it is %s', async (_, entries, why) => {
    const { world, sync, door, answers } = await session();
    answers.append(entries());
    expect(answers.got).toEqual([]);
    await world.run();
    expect(answers.got).toHaveLength(1);
    expect(answers.got[0]).toMatch(/^append: SYNC_REFUSED replay: /);
    expect(answers.got[0]).toContain(why);
    expect(door.appended).toEqual([]);
    // The session may go on.
    answers.append(entriesOf(3, [1]));
    door.written();
    await world.run();
    expect(answers.got[1]).toBe('append: durable');
    expect(sync.count('session 1 close')).toBe(0);
  });

  it('is read from the frames, whatever is said beside them', async () => {
    const { world, door, answers } = await session();
    const [entry] = entriesOf(4, [2]);
    if (entry === undefined) throw new Error('no entry');
    answers.append([{ ...entry, index: 3 as Index }]);
    await world.run();
    expect(answers.got[0]).toContain('it begins at 4, and what is held ends at 2');
    expect(door.appended).toEqual([]);
  });

  it('is taken after verify without another look at terms, also in parts', async () => {
    const { world, sync, door, answers } = await session();
    const entries = sync.cx.verify(frames(3, [1, 2, 2]));
    // A new leader tells less.
    Object.assign(door, { termAt: () => undefined });
    answers.append(entries.slice(0, 2));
    answers.append(entries.slice(2));
    door.written();
    door.written();
    await world.run();
    expect(answers.got).toEqual(['append: durable', 'append: durable']);
  });

  it.each(['verified', 'new'])('is refused if its %s bytes were written into', async (kind) => {
    const { world, sync, door, answers } = await session();
    const bytes = frames(3, [1, 2]).slice();
    const verified = sync.cx.verify(bytes);
    const given = kind === 'new' ? verified.map((entry) => ({ ...entry })) : verified;
    const stamp = frames(3, [1]).length + 24;
    bytes[stamp] = (bytes[stamp] ?? 0) ^ 1;
    answers.append(given);
    await world.run();
    expect(answers.got[0]).toContain('the checksum of entry 4 does not hold');
    expect(door.appended).toEqual([]);
  });

  it('is not even with what was asked for before, if other entries were written into its bytes', async () => {
    const { world, sync, door, answers } = await session();
    const bytes = frames(3, [1, 2]).slice();
    const verified = sync.cx.verify(bytes);
    bytes.set(frames(3, [1, 1]));
    answers.append(verified);
    await world.run();
    expect(answers.got[0]).toContain('entry 4 was of term 2 when it was verified');
    expect(door.appended).toEqual([]);
  });

  it.each(['verified', 'new'])('stays as it was, whatever is written into %s bytes later', async (kind) => {
    const { sync, door, answers } = await session();
    const bytes = frames(3, [1, 2]).slice();
    const verified = sync.cx.verify(bytes);
    answers.append(kind === 'new' ? verified.map((entry) => ({ ...entry })) : verified);
    bytes.fill(7);
    for (const { frame } of verified) frame.fill(7);
    expect(Buffer.compare(joinFrames(door.appended), frames(3, [1, 2]))).toBe(0);
  });

  it('is still chained after verify', async () => {
    const { world, sync, answers } = await session();
    const entries = sync.cx.verify(frames(3, [1, 2, 2]));
    answers.append(entries.filter(({ index }) => index !== 4));
    await world.run();
    expect(answers.got[0]).toContain('the run is not chained: 5 comes after 3');
  });

  it('is not above the ceiling after verify, also if an older session has verified it', async () => {
    const { world, sync, door, answers } = await session();
    const entries = sync.cx.verify(frames(3, [1, 2, 2]));
    world.host.sessionOver(door.epoch, 'replication');
    const next = world.open(TERMS);
    next.ceiling = 4 as Index;
    await world.run();
    answers.append(entries);
    await world.run();
    expect(answers.got[0]).toContain('entry 5 is above the ceiling 4');
    expect(next.appended).toEqual([]);
  });

  it('is refused under an expired epoch, and the node goes on', async () => {
    const { world, door, answers } = await session();
    door.over = true;
    answers.append(entriesOf(3, [1]));
    await world.run();
    expect(answers.got).toEqual(['append: SYNC_REFUSED replay: session 1 is over']);
    expect(answers.errors[0]?.details).toEqual({ strategy: 'replay', epoch: 1, index: 3 });
  });

  it('is bounded while it is not answered', async () => {
    const { sync, answers } = await session();
    for (let i = 0; i < 1024; i++) answers.append([]);
    expect(codeOf(() => answers.append([]))).toBe('SYNC_REFUSED');
    expect(codeOf(() => sync.cx.append([], undefined as never))).toBe('TypeError');
  });

  it('tells what the disk says', async () => {
    const { world, door, answers } = await session();
    answers.append(entriesOf(3, [1]));
    door.written(diskFull());
    await world.run();
    expect(answers.got).toEqual(['append: STORAGE_FULL no room']);
    expect(world.host.status().totals.entries).toBe(0);
  });
});

describe('what a session asks to be applied', () => {
  it.each([
    ['not verified', cursor(1, 3), 'is not verified: what is held ends at 2'],
    ['above the ceiling', cursor(2, 7), 'entry 7 is above the ceiling 6'],
    ['of a wrong term', cursor(2, 2), 'entry 2 is of term 2, and the committed one is of term 1'],
    ['no cursor', { index: 1.5 } as unknown as Cursor, 'needs a cursor'],
    ['nothing', null as unknown as Cursor, 'needs a cursor'],
  ])('is refused if it is %s', async (_, at, why) => {
    const { sync, door } = await session();
    expect(codeOf(() => sync.cx.setCommitted(at))).toBe('SYNC_REFUSED');
    expect(textOf(() => sync.cx.setCommitted(at))).toContain(why);
    expect(door.commits).toEqual([]);
  });

  it('is refused while it is not durable, and taken after', async () => {
    const { sync, door, answers } = await session();
    answers.append(entriesOf(3, [1]));
    expect(textOf(() => sync.cx.setCommitted(cursor(1, 3)))).toBe('replay: 3 is not durable');
    door.written();
    sync.cx.setCommitted(cursor(1, 3));
    expect(door.commits).toEqual([cursor(1, 3)]);
  });
});
