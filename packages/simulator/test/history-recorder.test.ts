import { describe, expect, it } from 'vitest';
import { checkLinearizability, HistoryRecorder, type KvInput, type KvOutput, kvModel } from '../src/index.ts';

function setup(start = 0) {
  const clock = { time: start, now: () => clock.time };
  return { clock, recorder: new HistoryRecorder<KvInput, KvOutput>(clock) };
}

const get: KvInput = { op: 'get', key: 'k' };
const set: KvInput = { op: 'set', key: 'k', value: 'a' };

describe('HistoryRecorder', () => {
  it('records what was answered, leaves open what is unknown or pending, and forgets what failed', () => {
    const { clock, recorder } = setup();
    clock.time = 1;
    const answered = recorder.begin('a', get);
    clock.time = 2;
    const failed = recorder.begin('b', set);
    clock.time = 3;
    const unknown = recorder.begin('c', set);
    clock.time = 4;
    answered.ok(null);
    clock.time = 5;
    failed.failed();
    unknown.unknown();
    recorder.begin('d', get);
    expect(recorder.history()).toEqual([
      { client: 'a', input: get, output: null, call: 1, return: 4 },
      { client: 'c', input: set, call: 3 },
      { client: 'd', input: get, call: 5 },
    ]);
  });

  it.each([0, -5, 17.25, 1_790_000_000_000])('keeps the order of one moment, at %d', (start) => {
    const { recorder } = setup(start);
    recorder.begin('a', set).ok('OK');
    recorder.begin('a', get).ok(null);
    const history = recorder.history();
    expect(history.map(({ call }) => call - start)).toEqual([0, expect.closeTo(0, 2)]);
    // In a history without order within a moment the read might have come before the write.
    expect(checkLinearizability(kvModel, history).outcome).toBe('violation');
  });

  it('refuses to settle an operation twice', () => {
    const handle = setup().recorder.begin('a', get);
    handle.unknown();
    expect(() => handle.ok(null)).toThrow('client a was unknown before it was ok');
  });
});
