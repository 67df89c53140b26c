import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Pace } from '../src/index.ts';

describe('a pace', () => {
  it('lets nothing more be spent before what was spent is paid off', () => {
    const pace = new Pace(20);
    expect(pace.waitMs(1_000)).toBe(0);
    pace.spend(500, 1_000, 1_000);
    expect(pace.waitMs(1_000)).toBe(480);
    expect(pace.waitMs(1_480)).toBe(0);
  });

  it('saves up no more than its burst', () => {
    const pace = new Pace(20);
    pace.spend(10, 1_000, 0);
    pace.spend(100, 1_000, 60_000);
    expect(pace.waitMs(60_000)).toBe(80);
  });

  it('is held over any stretch of time, but for one burst and one helping', () => {
    const helpings = fc.array(fc.record({ amount: fc.integer({ min: 1, max: 5_000 }), idle: fc.nat(300) }), {
      minLength: 1,
      maxLength: 60,
    });
    fc.assert(
      fc.property(helpings, fc.integer({ min: 100, max: 100_000 }), (all, perSecond) => {
        const pace = new Pace(20);
        let now = 5_000;
        const began = now;
        let spent = 0;
        for (const { amount, idle } of all) {
          now += idle + pace.waitMs(now);
          // What was spent before this helping has been paid off, but for what was saved up before.
          expect(spent).toBeLessThanOrEqual(((now - began + 20) * perSecond) / 1000 + 1e-6);
          pace.spend(amount, perSecond, now);
          spent += amount;
        }
      }),
    );
  });
});
