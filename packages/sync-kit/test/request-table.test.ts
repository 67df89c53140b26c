import { describe, expect, it } from 'vitest';
import { RequestTable } from '../src/index.ts';
import { a, b } from './identities.ts';

const table = () => new RequestTable({ silenceMs: 500, capMs: 2_000, hedgeMs: 100 });
const ask = (peer: typeof a, first: number, sentAt = 0) => ({
  peer,
  span: { first, last: first + 9 },
  bytes: 100,
  sentAt,
});

describe('requests', () => {
  it('are known by their ids until they are answered', () => {
    const requests = table();
    const first = requests.add(ask(a, 1));
    const second = requests.add(ask(b, 11));
    expect([first.id, second.id, requests.nextId]).toEqual([1, 2, 3]);
    expect([requests.inFlight(a), requests.bytes]).toEqual([1, 200]);
    expect(requests.answered(first, 10)).toBe(true);
    expect(requests.find(first.id)).toBeUndefined();
    expect(requests.live).toEqual([second]);
  });

  it('are given up when their peer is silent, and each answer of it renews their time', () => {
    const requests = table();
    const first = requests.add(ask(a, 1));
    const second = requests.add(ask(a, 11));
    expect(requests.expire(499)).toEqual([]);
    requests.answered(first, 400);
    expect(requests.expire(899)).toEqual([]);
    expect(requests.expire(900)).toEqual([second]);
  });

  it('are given up at the cap, however much else their peer answers', () => {
    const requests = table();
    const slow = requests.add(ask(a, 1));
    for (let now = 300; now < 2_000; now += 300) requests.answered(requests.add(ask(a, 11, now)), now + 10);
    expect(requests.expire(1_999)).toEqual([]);
    expect(requests.expire(2_000)).toEqual([slow]);
  });

  it('are late when they were given up, count for nothing, and are known until the cap', () => {
    const requests = table();
    const request = requests.add(ask(a, 1));
    requests.expire(500);
    expect([requests.inFlight(a), requests.late(a), requests.bytes]).toEqual([0, 1, 0]);
    expect([requests.owes(a, 10, -1), requests.owes(a, 11, -1), requests.owes(a, 10, 0)]).toEqual([
      true,
      false,
      false,
    ]);
    expect(requests.answered(request, 1_000)).toBe(false);
    expect(requests.find(request.id)).toBeUndefined();
    const other = requests.add(ask(a, 1, 1_000));
    requests.expire(1_500);
    requests.expire(3_000);
    expect(requests.find(other.id)).toBeUndefined();
  });

  it('are kept late within a bound', () => {
    const requests = table();
    for (let i = 0; i < 200; i++) requests.add(ask(a, 1));
    expect(requests.expire(500)).toHaveLength(200);
    expect(requests.late(a)).toBe(64);
    expect(requests.find(200)).toBeDefined();
    expect(requests.find(1)).toBeUndefined();
  });

  it('are forgotten with a peer that has left', () => {
    const requests = table();
    const first = requests.add(ask(a, 1));
    requests.giveUp(a);
    const second = requests.add(ask(a, 11));
    const other = requests.add(ask(b, 21));
    expect(requests.drop(a)).toEqual([second]);
    expect(requests.find(first.id)).toBeUndefined();
    expect(requests.live).toEqual([other]);
  });

  it('are worth hedging once, after twice the heartbeat or four times what answers take', () => {
    const requests = table();
    const first = requests.add(ask(a, 1));
    expect(requests.worthHedging(99)).toEqual([]);
    expect(requests.nextAt(0)).toBe(100);
    expect(requests.worthHedging(100)).toEqual([first]);
    const hedge = requests.add(ask(b, 1, 100), first.id);
    expect(requests.worthHedging(300)).toEqual([]);
    expect(requests.nextAt(300)).toBe(500);
    // The other of a pair that is alone may be hedged again.
    requests.answered(first, 300);
    expect(requests.worthHedging(10_000)).toEqual([hedge]);
    // Answers take 300 ms: 1,200 ms is the time now.
    requests.add(ask(a, 31, 400));
    expect(requests.worthHedging(1_299)).toEqual([]);
  });
});
