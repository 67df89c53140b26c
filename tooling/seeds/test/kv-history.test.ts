import { checkLinearizability, type Operation } from '@smalti/simulator';
import { describe, expect, it } from 'vitest';
import { type KvAsked, kvHistoryModel, withoutUnseen } from '../src/workloads/kv-history.ts';
import type { KvResult } from '../src/world/kv-machine.ts';

type Op = Operation<KvAsked, KvResult>;
const write = (
  op: 'set' | 'append' | 'cas' | 'delete',
  value: string,
  expected: string | null = null,
): KvAsked => ({
  op,
  key: 'k',
  value,
  expected,
});
const done = (input: KvAsked, call: number, before: string | null, value: string | null): Op => ({
  client: 1,
  input,
  call,
  return: call + 1,
  output: { before, value },
});
const open = (input: KvAsked, call: number): Op => ({ client: 1, input, call });
const get = (call: number, value: string | null): Op => done({ op: 'get', key: 'k' }, call, value, value);
const judge = (...history: Op[]) => checkLinearizability(kvHistoryModel, withoutUnseen(history)).outcome;

describe('the history of a key', () => {
  it('leaves out what nobody has seen, and keeps what somebody has', () => {
    const history = [
      open(write('set', '1.'), 0),
      open(write('append', '2.'), 0),
      open(write('delete', ''), 0),
    ];
    expect(withoutUnseen([...history, get(5, '2.')])).toEqual([history[1], history[2], get(5, '2.')]);
  });

  it('is right with writes that took effect late, or never', () => {
    expect(
      judge(done(write('set', '1.'), 0, null, '1.'), open(write('set', '2.'), 2), get(5, '1.'), get(7, '2.')),
    ).toBe('linearizable');
    expect(judge(done(write('set', '1.'), 0, null, '1.'), open(write('delete', ''), 2), get(5, null))).toBe(
      'linearizable',
    );
  });

  it.each([
    [
      'a stale read',
      [done(write('set', '1.'), 0, null, '1.'), done(write('set', '2.'), 2, '1.', '2.'), get(5, '1.')],
    ],
    ['a lost write', [done(write('set', '1.'), 0, null, '1.'), get(5, null)]],
    ['a write seen and then gone', [open(write('set', '1.'), 0), get(2, '1.'), get(4, null)]],
    ['a write of nobody', [get(2, '9.')]],
    [
      'two that both were first',
      [done(write('cas', '1.'), 0, null, '1.'), done(write('cas', '2.'), 0, null, '2.')],
    ],
  ])('is wrong with %s', (_what, history) => {
    expect(judge(...history)).toBe('violation');
  });
});
