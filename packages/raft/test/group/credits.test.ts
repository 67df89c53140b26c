import { Simulation } from '@smalti/simulator';
import { describe, expect, it } from 'vitest';
import type { Limits } from '../../src/group/api.ts';
import { CallOrder } from '../../src/group/call-order.ts';
import { Credits } from '../../src/group/credits.ts';
import { limitsOf } from '../../src/group/defaults.ts';
import { closed, Overloaded } from '../../src/group/errors.ts';

function bench(limits: Partial<Limits>) {
  const sim = new Simulation();
  const credits = new Credits(sim.node('n').ports.clock, limitsOf(limits));
  return {
    sim,
    credits,
    take: (order: CallOrder, bytes: number): void => {
      credits.admit(order, bytes);
      credits.take(order, bytes);
    },
    refusal: (order: CallOrder, bytes: number): Overloaded => {
      try {
        credits.admit(order, bytes);
      } catch (error) {
        if (error instanceof Overloaded) return error;
        throw error;
      }
      throw new Error('there is room');
    },
  };
}

describe('what waits', () => {
  it.each([
    ['maxHandlePending', { maxHandlePending: 2 }, 0, 2, 2],
    ['maxHandleBytes', { maxHandleBytes: 25 }, 0, 20, 25],
    ['maxPending', { maxPending: 2 }, 1, 2, 2],
    ['maxPendingBytes', { maxPendingBytes: 25 }, 1, 20, 22],
  ] as const)('is bounded by %s, and by what is given back', (bound, limits, other, inUse, limit) => {
    const { credits, take, refusal } = bench(limits);
    const orders = [new CallOrder(), new CallOrder()] as const;
    take(orders[0], 10);
    take(orders[other], 10);
    const error = refusal(orders[0], 10);
    expect(error).toMatchObject({
      code: 'OVERLOADED',
      retryable: true,
      outcome: 'not-applied',
      bound,
      inUse,
    });
    expect(error.details).toMatchObject({ bound, inUse, limit });
    expect(error.message).toContain(bound);
    credits.give(orders[other], 10);
    take(orders[0], 10);
  });

  it('of one handle leaves room to the others', () => {
    const { take, refusal } = bench({ maxHandlePending: 3, maxPending: 100 });
    const greedy = new CallOrder();
    for (let i = 0; i < 3; i++) take(greedy, 1);
    refusal(greedy, 1);
    take(new CallOrder(), 1);
  });

  it('of many handles leaves room to those that have nothing waiting', () => {
    const { take, refusal } = bench({ maxPending: 16, maxPendingBytes: 160 });
    const [one, two] = [new CallOrder(), new CallOrder()];
    for (let i = 0; i < 7; i++) {
      take(one, 10);
      take(two, 10);
    }
    expect(refusal(one, 10)).toMatchObject({ bound: 'maxPending', inUse: 14, limit: 14 });
    take(new CallOrder(), 10);
    take(new CallOrder(), 10);
    expect(refusal(new CallOrder(), 10)).toMatchObject({ bound: 'maxPending', inUse: 16, limit: 16 });
  });

  it('is one command that is larger than the bound, where nothing else waits', () => {
    const { credits, take, refusal } = bench({ maxHandleBytes: 10, maxPendingBytes: 10 });
    const order = new CallOrder();
    take(order, 11);
    refusal(order, 1);
    refusal(new CallOrder(), 1);
    credits.give(order, 11);
    take(order, 5);
    refusal(order, 11);
  });

  it('counts reads with the commands of their handle, and apart from those of the group', () => {
    const { credits, take, refusal } = bench({ maxHandlePending: 2, maxPending: 2 });
    const order = new CallOrder();
    take(order, 1);
    credits.takeRead(order);
    expect(refusal(order, 1).bound).toBe('maxHandlePending');
    expect(() => credits.takeRead(order)).toThrow(Overloaded);
    const other = new CallOrder();
    take(other, 1);
    expect(refusal(new CallOrder(), 1).bound).toBe('maxPending');
    credits.takeRead(new CallOrder());
    expect(() => credits.takeRead(new CallOrder())).toThrow(Overloaded);
    credits.giveRead(order);
    credits.takeRead(new CallOrder());
  });
});

describe('the hint when to try again', () => {
  it('is how long the room takes to drain as fast as it did lately', () => {
    const { sim, credits, take, refusal } = bench({ maxHandlePending: 80 });
    const order = new CallOrder();
    for (let i = 0; i < 80; i++) take(order, 1);
    // One each 10 ms, for two seconds: an eighth of the bound is 10 calls.
    for (let i = 0; i < 200; i++) {
      sim.runSync(sim.now + 10);
      credits.give(order, 1);
      take(order, 1);
    }
    const { retryAfterMs } = refusal(order, 1);
    expect(retryAfterMs).toBeGreaterThan(90);
    expect(retryAfterMs).toBeLessThan(110);
  });

  it('is as long again as nothing has drained, within bounds', () => {
    const { sim, take, refusal } = bench({ maxHandlePending: 1 });
    const order = new CallOrder();
    sim.runSync(60_000);
    take(order, 1);
    expect(refusal(order, 1).retryAfterMs).toBe(10);
    sim.runSync(sim.now + 700);
    expect(refusal(order, 1).retryAfterMs).toBe(700);
    sim.runSync(sim.now + 60_000);
    expect(refusal(order, 1).retryAfterMs).toBe(5_000);
  });

  it('does not come from what drained long ago', () => {
    const { sim, credits, take, refusal } = bench({ maxHandlePending: 1 });
    const order = new CallOrder();
    for (let i = 0; i < 1000; i++) {
      take(order, 1);
      credits.give(order, 1);
    }
    take(order, 1);
    sim.runSync(3_000);
    expect(refusal(order, 1).retryAfterMs).toBe(3_000);
  });
});

describe('waiting for room', () => {
  it('ends at once where there is some', async () => {
    const { credits } = bench({});
    await credits.ready(new CallOrder(), {});
  });

  it('ends for as many as there is room for, those who waited longest first', async () => {
    const { sim, credits, take } = bench({ maxHandlePending: 10, maxPending: 4 });
    const orders = Array.from({ length: 6 }, () => new CallOrder());
    for (const order of orders.slice(0, 4)) take(order, 1);
    const told: number[] = [];
    for (const [i, order] of orders.entries()) void credits.ready(order, {}).then(() => told.push(i));
    await sim.settle();
    expect(told).toEqual([]);
    for (const order of orders.slice(0, 2)) credits.give(order, 1);
    await sim.settle();
    expect(told).toEqual([0, 1]);
    for (const order of orders.slice(0, 2)) take(order, 1);
    await sim.settle();
    for (const order of orders.slice(2, 4)) credits.give(order, 1);
    await sim.settle();
    expect(told).toEqual([0, 1, 2, 3]);
  });

  it('of a handle that has no credit does not keep another waiting', async () => {
    const { sim, credits, take } = bench({ maxHandlePending: 1, maxPending: 10 });
    const greedy = new CallOrder();
    take(greedy, 1);
    let over = false;
    void credits.ready(greedy, {}).then(() => {
      over = true;
    });
    await credits.ready(new CallOrder(), {});
    await sim.settle();
    expect(over).toBe(false);
  });

  it('of a handle that has calls waiting does not keep one that has none from the last places', async () => {
    const { sim, credits, take } = bench({ maxPending: 8 });
    const greedy = new CallOrder();
    for (let i = 0; i < 7; i++) take(greedy, 1);
    const told: string[] = [];
    for (const name of ['greedy', 'greedy again']) void credits.ready(greedy, {}).then(() => told.push(name));
    void credits.ready(new CallOrder(), {}).then(() => told.push('polite'));
    void credits.ready(new CallOrder(), {}).then(() => told.push('polite again'));
    await sim.settle();
    expect(told).toEqual(['polite']);
    for (let i = 0; i < 3; i++) credits.give(greedy, 1);
    await sim.settle();
    expect(told).toEqual(['polite', 'greedy', 'greedy again', 'polite again']);
  });

  it('for a large command is not overtaken by small ones', async () => {
    const { sim, credits, take } = bench({ maxPendingBytes: 10 });
    const order = new CallOrder();
    take(order, 4);
    take(order, 4);
    const told: string[] = [];
    void credits.ready(new CallOrder(), { bytes: 8 }).then(() => told.push('large'));
    void credits.ready(new CallOrder(), { bytes: 1 }).then(() => told.push('small'));
    await sim.settle();
    expect(told).toEqual([]);
    credits.give(order, 4);
    await sim.settle();
    expect(told).toEqual([]);
    credits.give(order, 4);
    await sim.settle();
    expect(told).toEqual(['large', 'small']);
  });

  it.each([Number.NaN, -1, Number.POSITIVE_INFINITY])('is refused for %s bytes', async (bytes) => {
    const { credits } = bench({});
    const refused = { code: 'BAD_OPTION', details: { option: 'bytes', value: bytes } };
    await expect(credits.ready(new CallOrder(), { bytes })).rejects.toMatchObject(refused);
  });

  it('ends with its signal, its time or its group, and lets those behind it go on', async () => {
    const { sim, credits, take } = bench({ maxPendingBytes: 10 });
    const order = new CallOrder();
    take(order, 5);
    const stop = new AbortController();
    const codes: string[] = [];
    const wait = (name: string, options: Parameters<Credits['ready']>[1]): void => {
      void credits.ready(new CallOrder(), options).then(
        () => codes.push(name),
        (error: { code: string }) => codes.push(`${name} ${error.code}`),
      );
    };
    wait('first', { bytes: 8, signal: stop.signal });
    wait('second', { bytes: 8, timeoutMs: 100 });
    wait('third', { bytes: 2 });
    stop.abort();
    await sim.settle();
    expect(codes).toEqual(['first ABORTED']);
    await sim.runFor(100);
    expect(codes.slice(1)).toEqual(['second TIMEOUT', 'third']);
    wait('aborted', { signal: stop.signal });
    wait('fourth', { bytes: 9 });
    credits.close(closed('none'));
    wait('fifth', {});
    await sim.settle();
    expect(codes.slice(3)).toEqual(['aborted ABORTED', 'fourth GROUP_CLOSED', 'fifth GROUP_CLOSED']);
  });
});
