import { type Entry, readFrames } from '@smalti/core';
import { makeLog } from '@smalti/sync-bench';
import { describe, expect, it } from 'vitest';
import { logReplay } from '../src/index.ts';
import type { Fetch, LogReplayMessage } from '../src/messages.ts';
import { Bench } from './bench.ts';

/** A provider whose guest is the test. */
function guest(source: readonly Entry[], options = {}, lane: number | null = null) {
  const bench = new Bench({ source, options, maxMessageBytes: 100_000 });
  const provider = bench.add('a');
  provider.lane = lane;
  const fetch = (id: number, first: number, last: number, more: Partial<Fetch> = {}): Fetch => ({
    type: 'fetch',
    nonce: 1,
    id,
    first,
    last,
    maxBytes: 1_000_000,
    ...more,
  });
  const ask = (...messages: LogReplayMessage[]) => {
    for (const message of messages) provider.take(message, bench.joiner.id);
  };
  const answers = () => {
    bench.pass(1_000);
    return bench.delivered.splice(0).flatMap(({ to, message }) => (to === bench.joiner.id ? [message] : []));
  };
  ask({ type: 'ask', nonce: 1 });
  return { bench, provider, fetch, ask, answers };
}

describe('a provider', () => {
  it('says what can be read and is committed, and sends the frames as they are', () => {
    const source = makeLog(100, { 1: 1, 50: 2 });
    const { provider, fetch, ask, answers } = guest(source);
    provider.committed = { index: source[79]?.index as never, term: 2 as never };
    provider.prune(10);
    ask({ type: 'ask', nonce: 1 }, fetch(1, 11, 20), fetch(2, 75, 90), fetch(3, 51, 51));
    const [before, available, first, second, third] = answers();
    expect(before).toMatchObject({ type: 'available', first: 1, last: 100 });
    expect(available).toEqual({ type: 'available', nonce: 1, first: 11, last: 80 });
    expect(first).toMatchObject({ type: 'run', id: 1, first: 11, prevTerm: 1 });
    expect(second).toMatchObject({ type: 'run', id: 2, first: 75, prevTerm: 2 });
    expect(third).toMatchObject({ type: 'run', id: 3, first: 51, prevTerm: 2 });
    if (second?.type !== 'run') return expect.unreachable();
    expect(readFrames(second.frames).map(({ index }) => index)).toEqual([75, 76, 77, 78, 79, 80]);
    const sent = Buffer.concat(source.slice(74, 80).map(({ frame }) => frame));
    expect(Buffer.compare(second.frames, sent)).toBe(0);
  });

  it('refuses what it does not have, and what is not committed', () => {
    const source = makeLog(100);
    const { provider, fetch, ask, answers } = guest(source);
    provider.committed = { index: 80 as never, term: 1 as never };
    provider.prune(10);
    ask(fetch(1, 81, 90), fetch(2, 10, 20), fetch(3, 101, 101));
    expect(answers().slice(1)).toEqual(
      [1, 2, 3].map((id) => ({ type: 'unavailable', nonce: 1, id, first: 11, last: 80 })),
    );
  });

  it('keeps to the bound of the request, its own, and the transport’s', () => {
    const source = makeLog(1_000, { 1: 1 }, 964);
    for (const [maxBytes, batchBytes, entries] of [
      [5_500, 50_000, 5],
      [1, 50_000, 1],
      [50_000, 3_000, 3],
      [1_000_000, 1_000_000, 99],
    ] as const) {
      const { fetch, ask, answers } = guest(source, { batchBytes });
      ask(fetch(1, 1, 1_000, { maxBytes }));
      const run = answers()[1];
      expect(run?.type === 'run' && readFrames(run.frames)).toHaveLength(entries);
    }
  });

  it('says so when an entry is longer than any message', () => {
    const { fetch, ask, answers } = guest(makeLog(3, { 1: 1 }, 200_000));
    ask(fetch(1, 1, 3));
    expect(answers()[1]).toEqual({ type: 'unavailable', nonce: 1, id: 1, first: 1, last: 3 });
  });

  it('lets so many requests of one peer wait, and refuses more', () => {
    const { provider, fetch, ask, answers } = guest(makeLog(100));
    answers();
    provider.pause();
    ask(...Array.from({ length: 40 }, (_, i) => fetch(i + 1, i + 1, i + 1)));
    provider.resume();
    const types = answers().map(({ type }) => type);
    // Two are read at once, and sixteen wait.
    expect(types.filter((type) => type === 'run')).toHaveLength(18);
    expect(types.filter((type) => type === 'unavailable')).toHaveLength(22);
  });

  it('reads no more than it may hold while nothing can be sent, and goes on when it can', () => {
    const { bench, provider, fetch, ask, answers } = guest(makeLog(1_000, { 1: 1 }, 964), {
      batchBytes: 10_000,
    });
    bench.pass(100);
    provider.lane = 0;
    ask(...Array.from({ length: 10 }, (_, i) => fetch(i + 1, 1 + 10 * i, 10 + 10 * i)));
    bench.pass(1_000);
    expect(provider.reads).toBeLessThanOrEqual(3);
    provider.lane = null;
    provider.writable();
    expect(answers().filter(({ type }) => type === 'run')).toHaveLength(10);
  });

  it('drops what an older session of the peer asked for, and what nobody announced', () => {
    const { provider, fetch, ask, answers } = guest(makeLog(100));
    answers();
    provider.lane = 0;
    ask(fetch(1, 1, 10), fetch(2, 11, 20), fetch(3, 21, 30));
    ask({ type: 'ask', nonce: 2 }, fetch(4, 31, 40), fetch(1, 1, 10, { nonce: 2 }));
    provider.lane = null;
    provider.writable();
    const runs = answers().filter(({ type }) => type === 'run');
    expect(runs.map(({ nonce }) => nonce)).toEqual([2]);
    // Two reads were under way when the new session announced itself, and its own is the third.
    expect(provider.reads).toBe(3);
  });

  it('drops everything of a peer that is gone', () => {
    const { bench, provider, fetch, ask } = guest(makeLog(100));
    provider.lane = 0;
    ask(fetch(1, 1, 10));
    bench.pass(10);
    provider.leave();
    provider.bonded = true;
    provider.lane = null;
    bench.delivered.splice(0);
    provider.writable();
    bench.pass(5_000);
    expect(bench.delivered.filter(({ message }) => message.type === 'run')).toEqual([]);
  });

  it('has no say in what is pruned', () => {
    const { provider } = guest(makeLog(10));
    const own = logReplay().createProvider(provider.cx);
    expect(own.safeToPrunePrefix?.(provider.cx)).toBeNull();
    expect(own.receive({ type: 'available', nonce: 1, first: 1, last: 2 }, provider.id, provider.cx)).toBe(
      false,
    );
  });
});

describe('options', () => {
  it('are nobody’s identity', () => {
    expect(logReplay({ batchEntries: 7 }).signature).toBe(logReplay().signature);
  });

  it('out of their range are refused by name', () => {
    expect(() => logReplay({ batchEntries: 0 })).toThrow('batchEntries must be an integer from 1 to 65536');
    expect(() => logReplay({ windowBytes: 1.5 })).toThrow(expect.objectContaining({ code: 'BAD_OPTION' }));
  });
});
