import { describe, expect, it } from 'vitest';
import { choosePeer, PeerBook } from '../src/index.ts';
import { a, b, c, identity } from './identities.ts';

const all = { first: 1, last: 100 };

function book(...ids: (typeof a)[]) {
  const peers = new PeerBook({ slowRestMs: 100, wrongRestMs: 1_000, maxRestMs: 5_000, wrongLimit: 3 });
  peers.meet(ids.map((id) => identity(id)));
  for (const id of ids) peers.says(id, all, 0);
  return peers;
}

describe('the book of peers', () => {
  it('notices who comes, goes, and has been away', () => {
    const peers = new PeerBook({ slowRestMs: 1, wrongRestMs: 1, maxRestMs: 1, wrongLimit: 3 });
    expect(peers.meet([identity(a), identity(b)])).toEqual({ joined: [a, b], left: [] });
    peers.says(a, all, 5);
    expect(peers.meet([identity(a, 2), identity(c)])).toEqual({ joined: [a, c], left: [a, b] });
    expect(peers.available(a)).toBeNull();
    expect(peers.bonded.toSorted()).toEqual([a, c]);
    expect(peers.servers(50, 10)).toEqual([]);
  });

  it('asks at the start, every so often, and sooner if it is urgent or somebody failed', () => {
    const peers = book(a, b);
    expect(peers.toAsk(0, 500, 50, false)).toEqual([a, b]);
    peers.asked(a, 0);
    peers.asked(b, 0);
    expect(peers.toAsk(499, 500, 50, false)).toEqual([]);
    expect(peers.toAsk(500, 500, 50, false)).toEqual([a, b]);
    expect(peers.toAsk(49, 500, 50, true)).toEqual([]);
    expect(peers.toAsk(50, 500, 50, true)).toEqual([a, b]);
    peers.slow(b, 10);
    expect(peers.toAsk(50, 500, 50, false)).toEqual([b]);
  });

  it('lets rests double, as far as the cap, until a good answer', () => {
    const peers = book(a);
    const rest = (now: number) => {
      peers.slow(a, now);
      return (peers.nextRestEnd(now) ?? now) - now;
    };
    expect([0, 1_000, 2_000, 3_000].map(rest)).toEqual([100, 200, 400, 800]);
    expect([10_000, 20_000, 30_000, 40_000].map(rest)).toEqual([1_600, 3_200, 5_000, 5_000]);
    peers.good(a, true);
    expect(peers.standing(a, 40_001)).toBe('good');
    expect(rest(50_000)).toBe(100);
  });

  it('takes what fails within a rest for the same failure', () => {
    const peers = book(a);
    for (let i = 0; i < 4; i++) peers.slow(a, 0);
    expect(peers.nextRestEnd(0)).toBe(100);
  });

  it('asks a slow peer for less, and for more again', () => {
    const peers = book(a);
    const share = [0, 1_000, 2_000, 3_000].map((now) => {
      peers.slow(a, now);
      return peers.share(a);
    });
    expect(share).toEqual([1 / 2, 1 / 4, 1 / 4, 1 / 4]);
    peers.good(a, false);
    expect(peers.share(a)).toBe(1 / 4);
    peers.good(a, true);
    peers.good(a, true);
    peers.good(a, true);
    expect(peers.share(a)).toBe(1);
  });

  it('bars whoever was wrong too often, until nobody else is left, also when it comes back', () => {
    const peers = book(a, b);
    expect([0, 1, 2].map((now) => peers.wrong(a, now))).toEqual([false, false, true]);
    peers.good(a, true);
    expect(peers.servers(50, 100_000)).toEqual([b]);
    peers.meet([identity(b)]);
    peers.meet([identity(a, 2), identity(b)]);
    peers.says(a, all, 100_000);
    expect(peers.servers(50, 100_000)).toEqual([b]);
    peers.meet([identity(a, 2)]);
    expect(peers.servers(50, 100_000)).toEqual([a]);
  });

  it('goes back to those that rest when they have said meanwhile what they have, not if they were wrong', () => {
    const peers = book(a, b);
    peers.slow(a, 10);
    peers.wrong(b, 10);
    expect(peers.servers(50, 20)).toEqual([]);
    peers.says(a, all, 20);
    peers.says(b, all, 20);
    expect(peers.servers(50, 20)).toEqual([a]);
    expect(peers.servers(50, 5_000)).toEqual([a, b]);
    expect(peers.servers(101, 5_000)).toEqual([]);
  });
});

describe('the choice of a peer', () => {
  const loads = (of: Readonly<Record<string, number>>) => (peer: typeof a) => of[peer] ?? 0;

  it('falls on the one with the least to do that has room', () => {
    const choice = { servers: [a, b, c], lastResort: null, limit: 2 };
    expect(choosePeer({ ...choice, inFlight: loads({ a: 1, c: 1 }) })).toBe(b);
    expect(choosePeer({ ...choice, inFlight: loads({ a: 2, b: 2, c: 1 }) })).toBe(c);
    expect(choosePeer({ ...choice, inFlight: loads({ a: 2, b: 2, c: 2 }) })).toBeNull();
    expect(choosePeer({ ...choice, inFlight: loads({}), except: new Set([a]) })).toBe(b);
  });

  it('falls on the last resort when no other has room, once while others serve', () => {
    const choice = { servers: [a, c], lastResort: c, limit: 2 };
    expect(choosePeer({ ...choice, inFlight: loads({ a: 1 }) })).toBe(a);
    expect(choosePeer({ ...choice, inFlight: loads({ a: 2 }) })).toBe(c);
    expect(choosePeer({ ...choice, inFlight: loads({ a: 2, c: 1 }) })).toBeNull();
    expect(choosePeer({ ...choice, servers: [c], inFlight: loads({ c: 1 }) })).toBe(c);
    expect(choosePeer({ ...choice, servers: [a], inFlight: loads({ a: 2 }) })).toBeNull();
  });
});
