import type { Index } from '@smalti/core';
import { describe, expect, it } from 'vitest';
import { Age } from '../../src/group/age.ts';

function started(): {
  age: Age;
  at: (now: number) => void;
  note: (at: number, index: number, applied: number) => void;
} {
  let time = 0;
  const age = new Age(() => time);
  return {
    age,
    at: (now) => {
      time = now;
    },
    note: (at, index, applied) => age.note({ at, index: index as Index }, applied as Index),
  };
}

describe('the age of what is applied', () => {
  it('is unknown until all that was committed at some moment is applied', () => {
    const { age, at, note } = started();
    at(100);
    expect(age.ms).toBeNull();
    age.note(null, 5 as Index);
    note(60, 7, 5);
    expect(age.ms).toBeNull();
    age.applied(6 as Index);
    expect(age.ms).toBeNull();
    age.applied(7 as Index);
    expect(age.ms).toBe(40);
    at(100.5);
    expect(age.ms).toBe(41);
  });

  it('is that of the newest moment whose entries are applied, in whatever order they become known', () => {
    const { age, at, note } = started();
    at(100);
    note(10, 5, 5);
    note(20, 9, 5);
    // A leader that announced more than was committed as of then.
    note(30, 8, 5);
    expect(age.ms).toBe(90);
    age.applied(8 as Index);
    expect(age.ms).toBe(70);
    age.applied(9 as Index);
    expect(age.ms).toBe(70);
  });

  it('is kept in bounded memory by a node that lags, and still becomes better as it catches up', () => {
    const { age, at, note } = started();
    at(10_000);
    for (let i = 1; i <= 5000; i++) note(i, i, 0);
    age.applied(2500 as Index);
    expect(age.ms).toBeGreaterThanOrEqual(7500);
    age.applied(5000 as Index);
    expect(age.ms).toBeLessThan(7500);
    note(5001, 5001, 5001);
    expect(age.ms).toBe(4999);
  });

  it('is not known any more once an older checkpoint took the place of the state, until as much is applied again', () => {
    const { age, at, note } = started();
    at(100);
    note(90, 7, 7);
    expect(age.ms).toBe(10);
    age.applied(3 as Index);
    expect(age.ms).toBeNull();
    note(90, 7, 3);
    age.applied(6 as Index);
    expect(age.ms).toBeNull();
    age.applied(7 as Index);
    expect(age.ms).toBe(10);
  });
});
