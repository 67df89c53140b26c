import { describe, expect, it } from 'vitest';
import { LIES, Liar } from '../src/world/liar.ts';
import type { PartsAnswer } from '../src/world/part-lies.ts';

const bytes = (...values: number[]): Uint8Array => Uint8Array.from(values);

/** A provider that says what it is given, through a liar. */
function speaker(liar: Liar): (message: object) => readonly object[] {
  const provider = {
    receive: (message: object, _sender: unknown, cx: { sendTo(peer: string, message: object): boolean }) =>
      cx.sendTo('n2', message),
  };
  const strategy = liar.of({ createProvider: () => provider } as never);
  const made = strategy.createProvider(null as never);
  return (message) => {
    const said: object[] = [];
    const sendTo = (_peer: string, each: object): boolean => said.push(each) > 0;
    made.receive(message as never, 'n2' as never, { sendTo } as never);
    return said;
  };
}

const answer = (nonce: number, id: number, ...parts: Uint8Array[]): PartsAnswer => ({
  type: 'parts',
  nonce,
  id,
  parts,
});

describe('a liar that serves checkpoints', () => {
  it('says what its strategy says, until it is told to lie', () => {
    const liar = new Liar();
    const say = speaker(liar);
    const truth = answer(1, 1, bytes(1, 2), bytes(3));
    expect(say(truth)).toEqual([truth]);
    expect(liar.told).toBe(0);
  });

  it.each(LIES)('has a way of its own to be wrong: %s', (lie) => {
    const liar = new Liar();
    const say = speaker(liar);
    say(answer(1, 1, bytes(7, 7, 7)));
    liar.lie = lie;
    const truth = answer(1, 2, bytes(1, 2, 3, 4, 5, 6), bytes(3, 4, 5, 6, 7, 8));
    expect(say(truth)).not.toEqual([truth]);
    expect(liar.told).toBe(1);
  });

  it('answers an older session, and tells of what nobody has', () => {
    const liar = new Liar();
    const say = speaker(liar);
    say(answer(1, 1, bytes(7)));
    liar.lie = 'old session';
    const truth = answer(2, 9, bytes(1));
    expect(say(truth)).toEqual([answer(1, 9, bytes(7)), truth]);
    liar.lie = 'boastful';
    const offer = {
      type: 'offer',
      nonce: 1,
      checkpoints: [{ at: { index: 5, term: 2 }, root: 'r', bytes: 1 }],
    };
    expect(say(offer)).toEqual([
      { ...offer, checkpoints: [{ at: { index: 1_000_005, term: 2 }, root: 'r', bytes: 1 }] },
    ]);
  });

  it('lies of the entries that follow a checkpoint as well', () => {
    const liar = new Liar();
    const say = speaker(liar);
    liar.lie = 'boastful';
    const message = { type: 'available', nonce: 1, first: 1, last: 2 };
    expect(say({ type: 'entries', message })).toEqual([
      { type: 'entries', message: { ...message, last: 1_000_002 } },
    ]);
  });
});
