import { describe, expect, it } from 'vitest';
import { type SimNetworkOptions, Simulation } from '../src/index.ts';

function setup(options: SimNetworkOptions = {}) {
  const sim = new Simulation({ network: { delay: [1, 5], detectionMs: 100, ...options } });
  const arrived: string[] = [];
  const resets: string[] = [];
  sim.network.onCut((a, b) => resets.push(`${[a, b].sort().join('-')} ${sim.now}`));
  const send = (from: string, to: string, what: string, bytes = 1, lane = ''): boolean =>
    sim.network.carry(from, to, bytes, () => arrived.push(what), lane);
  return { sim, network: sim.network, arrived, resets, send };
}

describe('SimNetwork', () => {
  it('delays, and keeps the order of one direction', () => {
    const { sim, arrived, send } = setup();
    const sent = Array.from({ length: 50 }, (_, i) => `${i}`);
    for (const what of sent) send('a', 'b', what);
    expect(arrived).toEqual([]);
    sim.runSync(0.9);
    expect(arrived).toEqual([]);
    sim.runSync(5);
    expect(arrived).toEqual(sent);
  });

  it('takes another order where none is kept', () => {
    const { sim, arrived, send } = setup({ ordered: false });
    const sent = Array.from({ length: 50 }, (_, i) => `${i}`);
    for (const what of sent) send('a', 'b', what);
    sim.runSync(5);
    expect(arrived).not.toEqual(sent);
    expect([...arrived].sort()).toEqual([...sent].sort());
  });

  it('is slow by lane: a transfer does not delay another lane', () => {
    const { sim, arrived, send } = setup({ bytesPerMs: 10 });
    send('a', 'b', 'bulk', 1000, 'bulk');
    send('a', 'b', 'control', 10, 'control');
    sim.runSync(50);
    expect(arrived).toEqual(['control']);
    sim.runSync(106);
    expect(arrived).toEqual(['control', 'bulk']);
  });

  it('loses what is under way when it is cut, and resets the connection after a while', () => {
    const { sim, network, arrived, resets, send } = setup();
    send('a', 'b', 'lost');
    network.cut('a', 'b');
    expect(send('b', 'a', 'refused')).toBe(false);
    sim.runSync(99);
    expect(resets).toEqual([]);
    sim.runSync(101);
    expect([arrived, resets.length > 0]).toEqual([[], true]);
    network.heal('a', 'b');
    expect(send('a', 'b', 'again')).toBe(true);
    sim.runSync(110);
    expect(arrived).toEqual(['again']);
  });

  it('resets a connection in the middle of the next thing that is sent', () => {
    const { sim, network, arrived, resets, send } = setup({ delay: [10, 10] });
    network.resetInFrame('a', 'b', 0.5);
    send('b', 'a', 'the other way');
    send('a', 'b', 'half');
    send('a', 'b', 'behind it');
    sim.runSync(100);
    expect(resets).toEqual(['a-b 5']);
    expect(arrived).toEqual([]);
    send('a', 'b', 'again');
    sim.runSync(200);
    expect(arrived).toEqual(['again']);
  });

  it('leaves no hole: after a loss nothing arrives before the reset, healed or not', () => {
    const { sim, network, arrived, resets, send } = setup();
    send('a', 'b', 'lost');
    network.cut('a', 'b');
    sim.runSync(10);
    network.heal();
    expect(send('a', 'b', 'a hole')).toBe(false);
    sim.runSync(200);
    expect([arrived, resets]).toEqual([[], ['a-b 100']]);
    expect(send('a', 'b', 'fine')).toBe(true);
  });

  it('does nothing if it was healed before anything was lost', () => {
    const { sim, network, arrived, resets, send } = setup();
    network.cut('a', 'b');
    sim.runSync(10);
    network.heal('a', 'b');
    send('a', 'b', 'fine');
    sim.runSync(500);
    expect([arrived, resets]).toEqual([['fine'], []]);
  });

  it('cuts one way', () => {
    const { sim, network, arrived, send } = setup();
    network.cutOneWay('a', 'b');
    expect(send('a', 'b', 'lost')).toBe(false);
    expect(send('b', 'a', 'fine')).toBe(true);
    sim.runSync(10);
    expect(arrived).toEqual(['fine']);
  });

  it('partitions', () => {
    const { network } = setup();
    network.partition([['a'], ['b', 'c']]);
    const cut = (from: string, to: string): boolean => network.isCut(from, to);
    expect([cut('a', 'b'), cut('b', 'a'), cut('b', 'c'), cut('a', 'd'), cut('d', 'e')]).toEqual([
      true,
      true,
      false,
      true,
      false,
    ]);
    network.heal();
    expect(cut('a', 'b')).toBe(false);
  });

  it('resets the connection when something is lost', () => {
    const { sim, arrived, resets, send } = setup({ loss: 1 });
    expect(send('a', 'b', 'lost')).toBe(true);
    sim.runSync(200);
    expect([arrived, resets]).toEqual([[], ['a-b 100']]);
  });

  it('resets the connections of a node that died', () => {
    const { sim, arrived, resets, send } = setup();
    sim.node('a');
    const b = sim.node('b');
    send('a', 'b', 'lost');
    b.kill();
    b.restart();
    sim.runSync(200);
    expect([arrived, resets.length > 0]).toEqual([[], true]);
  });
});
