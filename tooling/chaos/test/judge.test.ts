import { describe, expect, it } from 'vitest';
import type { KvOperation } from '../src/load/client-record.ts';
import { judge, lostAppends } from '../src/verdict/judge.ts';

let at = 0;
/** An operation that began after the one before it had ended. */
function done(input: KvOperation['input'], output: KvOperation['output'] = null): KvOperation {
  at += 2;
  return { client: 'c', input, output, call: at, return: at + 1 };
}
function open(input: KvOperation['input']): KvOperation {
  at += 2;
  return { client: 'c', input, call: at };
}
const set = (value: string) => ({ op: 'set', key: 'k', value }) as const;
const append = (value: string) => ({ op: 'append', key: 'list', value }) as const;
const get = { op: 'get', key: 'k' } as const;
const getList = { op: 'get', key: 'list' } as const;

describe('the judge of a history', () => {
  it('finds nothing wrong with answers that are right', () => {
    const history = [done(set('1')), done(get, '1'), open(set('2')), done(get, '1'), done(get, '2')];
    expect(judge(history)).toMatchObject({ faults: [], operations: 5, keys: 1 });
  });

  it('finds a write that was acknowledged and is lost', () => {
    const { faults } = judge([done(set('1')), done(set('2')), done(get, '1')]);
    expect(faults).toEqual([expect.stringMatching(/^not linearizable, keys k:/)]);
  });

  it('finds a read that goes back', () => {
    expect(judge([done(set('1')), open(set('2')), done(get, '2'), done(get, '1')]).faults).toHaveLength(1);
  });

  it('finds an increment that counted twice', () => {
    const incr = { op: 'incr', key: 'n', by: 1 } as const;
    expect(judge([done(incr, 1), done(incr, 3)]).faults).toHaveLength(1);
  });

  it('finds one half of a pair', () => {
    const history = [
      done({ op: 'mset', values: { a: '1', b: '1' } }),
      done({ op: 'mget', keys: ['a', 'b'] }, ['1', null]),
    ];
    expect(judge(history).faults).toHaveLength(1);
  });

  it('finds an append that is missing, and says which', () => {
    const history = [done(append('x,'), 2), done(append('y,'), 4), done(getList, 'x,')];
    expect(judge(history).faults).toEqual([
      'c read list without y, which was acknowledged before',
      expect.stringMatching(/^not linearizable/),
    ]);
  });

  it('expects no append of unknown outcome, and none of a list that was removed', () => {
    expect(lostAppends([open(append('x,')), done(getList, null)])).toEqual([]);
    expect(
      lostAppends([done(append('x,'), 2), done({ op: 'delete', key: 'list' }, true), done(getList, null)]),
    ).toEqual([]);
  });

  it('does not call right what it could not decide', () => {
    const { faults } = judge([done(set('1')), done(set('2')), done(get, '2')], 1);
    expect(faults).toEqual([expect.stringMatching(/^not decided within 1 steps, keys k/)]);
  });
});
