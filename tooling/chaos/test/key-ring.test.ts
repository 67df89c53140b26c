import { SimRandom } from '@smalti/simulator';
import { describe, expect, it } from 'vitest';
import { KeyRing } from '../src/load/key-ring.ts';
import { request } from '../src/load/request.ts';

function ring() {
  let now = 0;
  const keys = new KeyRing(new SimRandom(1), () => now, 4, 1_000);
  const draw = () => new Set(Array.from({ length: 100 }, () => keys.next().name));
  return { keys, draw, wait: (ms: number) => (now += ms) };
}

describe('the keys in use', () => {
  it('are few at a time', () => expect(ring().draw().size).toBe(4));

  it('are replaced one by one when they are old', () => {
    const { draw, wait } = ring();
    const first = draw();
    wait(300);
    const second = draw();
    expect([...second].filter((name) => first.has(name))).toHaveLength(3);
    wait(1_000);
    expect([...draw()].filter((name) => first.has(name))).toEqual([]);
  });

  it('are replaced when much of their history is unknown, or it is long', () => {
    const { keys, draw } = ring();
    const open = keys.next();
    open.open = 4;
    expect(draw()).not.toContain(open.name);
    const used = keys.next();
    used.uses = 300;
    expect(draw()).not.toContain(used.name);
  });
});

describe('what is asked', () => {
  it('is never the same value twice, and always of the kind of the key', () => {
    const random = new SimRandom(2);
    const { keys, wait } = ring();
    const ops = new Map<string, Set<string>>();
    const values: string[] = [];
    for (let i = 0; i < 3_000; i++) {
      wait(10);
      const key = keys.next();
      const { input } = request(key, random, `c.${i}`);
      ops.set(key.kind, (ops.get(key.kind) ?? new Set()).add(input.op));
      if ('value' in input && input.value !== null) values.push(input.value);
    }
    expect(new Set(values).size).toBe(values.length);
    expect(Object.fromEntries([...ops].map(([kind, seen]) => [kind, [...seen].sort()]))).toEqual({
      register: ['cas', 'delete', 'get', 'set'],
      list: ['append', 'delete', 'get'],
      counter: ['delete', 'get', 'incr'],
      pair: ['mget', 'mset'],
    });
  });
});
