import { describe, expect, test } from 'vitest';
import { type Challenge, DecodeError, type Prove } from '../../src/index.ts';
import { LinkPulses } from '../../src/transport/bonding/link-pulses.ts';
import type { Pulse } from '../../src/transport/bonding/pulse.ts';
import { Board, type HandLink, ManualClock } from './board.ts';
import { opener, party } from './parties.ts';

const EVERY = 100;
const LONG = 1_000_000;

/** The two ends of a link with so many bonds; what they send waits until it is carried. */
function bench(bonds = 3) {
  const clock = new ManualClock();
  const wires = { ab: [] as (() => void)[], ba: [] as (() => void)[] };
  const frames = { pulses: 0, bytes: 0 };
  const objected: number[] = [];
  const ends = { a: new Map<number, Pulse>(), b: new Map<number, Pulse>() };
  const make = (mine: 'a' | 'b', wire: (() => void)[], other: () => LinkPulses): LinkPulses =>
    new LinkPulses(clock, {
      maxChannels: 100,
      pulse: (body) => {
        frames.pulses += 1;
        frames.bytes += body.length;
        wire.push(() => other().received(body));
      },
      answer: (body) => wire.push(() => other().answered(body)),
      find: (channel) => ends[mine].get(channel),
      objected: (channel) => objected.push(channel),
    });
  const a: LinkPulses = make('a', wires.ab, () => b);
  const b: LinkPulses = make('b', wires.ba, () => a);
  for (let channel = 1; channel <= bonds; channel++) {
    ends.a.set(channel, a.of(channel));
    ends.b.set(channel, b.of(channel));
  }
  const carry = (): void => {
    for (const work of wires.ab.splice(0)) work();
    for (const work of wires.ba.splice(0)) work();
  };
  const pulse = (end: 'a' | 'b', channel: number): Pulse => {
    const found = ends[end].get(channel);
    if (found === undefined) throw new Error(`no bond ${channel}`);
    return found;
  };
  return { clock, a, b, ends, wires, frames, objected, carry, pulse };
}

describe('the pulses of a link', () => {
  test('name all bonds at rest in one frame, and are confirmed for each of them', () => {
    const { clock, frames, carry, pulse, objected } = bench(3);
    for (const channel of [1, 2, 3]) {
      pulse('a', channel).beat(EVERY, LONG);
      pulse('b', channel).confirm(LONG);
    }
    for (let i = 0; i < 10; i++) {
      clock.pass(EVERY);
      carry();
    }
    expect(frames.pulses).toBe(10);
    expect(frames.bytes).toBeLessThan(10 * 8);
    expect(objected).toEqual([]);
    for (const channel of [1, 2, 3]) {
      expect(pulse('b', channel).heardAt).toBe(1_000);
      expect(pulse('a', channel).answeredAt).toBe(1_000);
      expect(pulse('a', channel).heardAt).toBe(Number.NEGATIVE_INFINITY);
    }
  });

  test('that are objected to end for that bond alone, and are heard there by nobody', () => {
    const { clock, carry, pulse, objected } = bench(2);
    for (const channel of [1, 2]) pulse('a', channel).beat(EVERY, LONG);
    pulse('b', 1).confirm(LONG);
    clock.pass(EVERY);
    carry();
    expect(objected).toEqual([2]);
    expect(pulse('b', 2).heardAt).toBe(Number.NEGATIVE_INFINITY);
    expect(pulse('a', 2).answeredAt).toBe(Number.NEGATIVE_INFINITY);
    pulse('b', 2).confirm(LONG);
    clock.pass(EVERY);
    carry();
    expect(pulse('b', 2).heardAt).toBe(Number.NEGATIVE_INFINITY);
    expect(pulse('b', 1).heardAt).toBe(2 * EVERY);
  });

  test('end when either side has not renewed them', () => {
    const { clock, carry, pulse, objected, frames } = bench(2);
    pulse('a', 1).beat(EVERY, 250);
    pulse('b', 1).confirm(LONG);
    pulse('a', 2).beat(EVERY, LONG);
    pulse('b', 2).confirm(250);
    for (let i = 0; i < 4; i++) {
      clock.pass(EVERY);
      carry();
    }
    expect(pulse('b', 1).heardAt).toBe(200);
    expect(pulse('b', 2).heardAt).toBe(200);
    expect(objected).toEqual([2]);
    clock.pass(10 * EVERY);
    expect(frames.pulses).toBe(3);
  });

  test('are not answered by an answer to an earlier one, which did not name the bond', () => {
    const { clock, wires, carry, pulse } = bench(2);
    pulse('a', 1).beat(EVERY, LONG);
    for (const channel of [1, 2]) pulse('b', channel).confirm(LONG);
    clock.pass(EVERY);
    pulse('a', 2).beat(EVERY, LONG);
    const late = wires.ab.splice(0);
    clock.pass(EVERY);
    for (const work of late) work();
    for (const work of wires.ba.splice(0)) work();
    expect(pulse('a', 1).answeredAt).toBe(2 * EVERY);
    expect(pulse('a', 2).answeredAt).toBe(Number.NEGATIVE_INFINITY);
    carry();
    expect(pulse('a', 2).answeredAt).toBe(2 * EVERY);
  });

  test('that began anew are not answered by what was said before', () => {
    const { clock, wires, carry, pulse } = bench(1);
    pulse('a', 1).beat(EVERY, LONG);
    pulse('b', 1).confirm(LONG);
    clock.pass(EVERY);
    for (const work of wires.ab.splice(0)) work();
    pulse('a', 1).still();
    pulse('a', 1).beat(EVERY, LONG);
    for (const work of wires.ba.splice(0)) work();
    expect(pulse('a', 1).answeredAt).toBe(Number.NEGATIVE_INFINITY);
    clock.pass(EVERY);
    carry();
    expect(pulse('a', 1).answeredAt).toBe(2 * EVERY);
  });

  test('are as frequent as the most impatient bond asks', () => {
    const { clock, frames, pulse } = bench(2);
    pulse('a', 1).beat(400, LONG);
    pulse('a', 2).beat(EVERY, LONG);
    clock.pass(800);
    expect(frames.pulses).toBe(8);
  });

  test('of all links are sent at once, at multiples of the interval, whenever they began', () => {
    const { clock, wires, pulse } = bench(2);
    const sentAt: Record<'ab' | 'ba', number[]> = { ab: [], ba: [] };
    const pass = (ms: number): void => {
      for (let left = ms; left > 0; left--) {
        clock.pass(1);
        for (const wire of ['ab', 'ba'] as const)
          for (const _ of wires[wire].splice(0)) sentAt[wire].push(clock.now());
      }
    };
    pass(30);
    pulse('a', 1).beat(EVERY, LONG);
    pass(15);
    pulse('b', 1).beat(EVERY, LONG);
    pass(355);
    expect(sentAt).toEqual({ ab: [100, 200, 300, 400], ba: [100, 200, 300, 400] });
  });

  test.each([
    ['a quarter of the interval', 75, [100, 200]],
    ['less than that', 76, [200, 300]],
  ])('begin with the next multiple of the interval, unless that is nearer: %s', (_, beganAt, expected) => {
    const { clock, frames, pulse } = bench(1);
    clock.pass(beganAt);
    pulse('a', 1).beat(EVERY, LONG);
    const sentAt: number[] = [];
    while (sentAt.length < 2) {
      clock.pass(1);
      if (frames.pulses > sentAt.length) sentAt.push(clock.now());
    }
    expect(sentAt).toEqual(expected);
  });

  test('name a bond that has ended no more', () => {
    const { clock, a, ends, frames, pulse } = bench(1);
    const gone = pulse('a', 1);
    gone.beat(EVERY, LONG);
    ends.a.delete(1);
    a.ended(1);
    clock.pass(10 * EVERY);
    gone.beat(EVERY, LONG);
    clock.pass(10 * EVERY);
    expect(frames.pulses).toBe(0);
  });

  test.each([
    ['is empty', []],
    ['names more bonds than a link has', [1, 1, 101]],
    ['ends early', [1, 1, 3, 1, 2]],
    ['goes on after its end', [1, 1, 1, 1, 1]],
  ])('are refused where one %s', (_, bytes) => {
    const { a } = bench();
    expect(() => a.received(Uint8Array.from(bytes))).toThrow(DecodeError);
    expect(() => a.answered(Uint8Array.from(bytes))).toThrow(DecodeError);
  });

  test('of a later version are passed over, and an answer to none that was sent is refused', () => {
    const { a, wires } = bench();
    a.received(Uint8Array.of(2, 9, 9, 9));
    a.answered(Uint8Array.of(2, 9, 9, 9));
    expect(wires.ab).toEqual([]);
    expect(() => a.answered(Uint8Array.of(1, 1, 0))).toThrow(DecodeError);
    expect(() => a.answered(Uint8Array.of(1, 0, 0))).toThrow(DecodeError);
  });
});

describe('a pulse on a link', () => {
  const PULSE = Uint8Array.of(6, 0, 1, 1, 1, 1);
  const isAnswer = (frame: Uint8Array): boolean => frame[0] === 7;

  function comes(board: Board): HandLink {
    const link = board.accept();
    const member = opener(party('n2'));
    link.say(1, member.start());
    link.say(1, member.receive(link.heard(1) as Challenge).reply as Prove);
    return link;
  }

  test('of a stranger ends it', () => {
    const board = new Board(party('n1'));
    const link = board.accept();
    link.events?.frame('control', PULSE);
    expect(link.end).toBe('BAD_HANDSHAKE');
  });

  test('is answered, for bonds that agreed to it and for others, and not where too much waits', () => {
    const board = new Board(party('n1'), { controlQueueBytes: 1_000 });
    const link = comes(board);
    const [bond] = board.group.bonds;
    link.events?.frame('control', PULSE);
    expect(link.sent.at(-1)).toEqual(Uint8Array.of(7, 0, 1, 1, 1, 1));
    bond?.pulse?.confirm(LONG);
    link.events?.frame('control', PULSE);
    expect(link.sent.at(-1)).toEqual(Uint8Array.of(7, 0, 1, 1, 0));
    expect(bond?.pulse?.heardAt).toBe(0);
    const before = link.sent.filter(isAnswer).length;
    link.waiting.control = 1_000;
    link.events?.frame('control', PULSE);
    expect(link.sent.filter(isAnswer)).toHaveLength(before);
  });

  test('that is objected to is told to its group; on the bulk lane, one ends the link', async () => {
    const board = new Board(party('n1'));
    const link = comes(board);
    const [bond] = board.group.bonds;
    bond?.pulse?.beat(EVERY, LONG);
    board.clock.pass(EVERY);
    expect(link.sent.at(-1)).toEqual(PULSE);
    link.events?.frame('control', Uint8Array.of(7, 0, 1, 1, 1, 1));
    await board.settle();
    expect(board.objections).toEqual(['n2']);
    link.events?.frame('bulk', PULSE);
    expect(link.end).toBe('BAD_MESSAGE');
  });
});
