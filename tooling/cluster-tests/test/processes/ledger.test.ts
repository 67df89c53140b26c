import { describe, expect, it } from 'vitest';
import { Ledger, numberIn, valueFor } from '../../processes/ledger.ts';

/** One key with 1 and 2 acknowledged, 3 refused, 4 unknown; one increment acknowledged, one unknown. */
function written(): Ledger {
  const ledger = new Ledger();
  const key = ledger.key('k');
  Object.assign(key, { acked: 2, sent: 4 });
  key.refused.add(3);
  key.unknown.add(4);
  ledger.incremented(0, 1);
  ledger.unknownIncrement();
  return ledger;
}

function audit(ledger: Ledger, k: number | null, counter: string): string[] {
  return ledger.audit(
    new Map([
      [ledger.keys[0]?.name ?? '', k === null ? null : valueFor(k)],
      [ledger.counter, counter],
    ]),
  );
}

describe('the ledger of the writers', () => {
  it.each([
    [2, '1'],
    [4, '1'],
    [2, '2'],
  ])('accepts %d with a counter of %s', (k, counter) => {
    expect(audit(written(), k, counter)).toEqual([]);
  });

  it.each([
    [null, '1', /^k-\S+ is null, and 2 was acknowledged: lost/],
    [1, '1', /^k-.* is 1, and 2 was acknowledged: lost/],
    [3, '1', /^k-.* is 3, which was refused/],
    [5, '1', /^k-.* is 5, which nobody sent/],
    [2, '0', /the counter is 0, and 1 were acknowledged: lost/],
    [2, '3', /the counter is 3, and at most 2 were counted: twice/],
  ])('finds what is wrong with %s and a counter of %s', (k, counter, fault) => {
    expect(audit(written(), k, counter).join('\n')).toMatch(fault);
  });

  it('finds numbers that were given twice, or against the order of time', () => {
    const twice = written();
    twice.incremented(0, 1);
    expect(audit(twice, 2, '2').join('\n')).toMatch(/1 numbers of the counter were given twice/);
    const back = new Ledger();
    back.incremented(0, 5);
    back.incremented(performance.now() + 1, 4);
    expect(back.audit(new Map([[back.counter, '6']])).join('\n')).toMatch(/gave 4 after 5/);
  });

  it('knows its values from others', () => {
    expect(numberIn(valueFor(12))).toBe(12);
    expect(() => numberIn(`${valueFor(12)}x`)).toThrow(/not a value that was written/);
  });
});
