import {
  type GroupLog,
  noopMachine,
  SmaltiError,
  silentLogger,
  silentMeter,
  type Transport,
  toNetworkId,
  toPeerId,
} from '@smalti/core';
import { Simulation } from '@smalti/simulator';
import { memoryStore } from '@smalti/storage-memory';
import { describe, expect, it } from 'vitest';
import { createNode } from '../../src/group/node.ts';

/** A node whose parts write down that they are closed, and fail at it when they are named in `failing`. */
function nodeThat(failing: readonly string[]) {
  const sim = new Simulation();
  const { ports } = sim.node('n1');
  const closed: string[] = [];
  const close = (name: string): SmaltiError | null => {
    closed.push(name);
    return failing.includes(name) ? new SmaltiError('STORAGE_FAILED', `${name} failed`) : null;
  };
  const store = memoryStore({ ...ports, node: toPeerId('n1') });
  const openGroup = store.openGroup.bind(store);
  store.openGroup = (group, done) =>
    openGroup(group, (error, log) => done(error, error === null ? watched(log, close) : log));
  const closeStore = store.close.bind(store);
  store.close = (done) => {
    const failed = close('store');
    closeStore((error) => done(failed ?? error));
  };
  const door = { bonds: [], dial: () => {}, undial: () => {}, close: () => {} };
  const transport: Transport = {
    descriptor: { name: 'test/transport', version: '1.0.0', contract: 'transport', contractVersion: 1 },
    address: '',
    maxMessageBytes: 1 << 20,
    attach: () => door,
    close: async () => {
      const failed = close('transport');
      if (failed !== null) throw failed;
    },
  };
  const platform = { ...ports, logger: silentLogger, meter: silentMeter };
  const node = createNode({ network: toNetworkId('test'), platform, store, transport });
  const join = (key: string) =>
    sim.complete(
      node.join({ keys: [new TextEncoder().encode(key.padEnd(16))], machine: noopMachine(), sync: [] }),
    );
  return { sim, node, join, closed };
}

/** Logs are named in the order in which they are closed. */
function watched(log: GroupLog, close: (name: string) => SmaltiError | null): GroupLog {
  const end = log.close.bind(log);
  log.close = (done) => {
    const failed = close('log');
    end((error) => done(failed ?? error));
  };
  return log;
}

describe('a node that is closed', () => {
  it.each([
    { failing: [], first: null },
    { failing: ['log'], first: 'log failed' },
    { failing: ['transport', 'store'], first: 'transport failed' },
    { failing: ['log', 'transport', 'store'], first: 'log failed' },
  ])('closes all it has, though $failing fail, and says what failed first', async ({ failing, first }) => {
    const { sim, node, join, closed } = nodeThat(failing);
    await join('one');
    await join('two');
    const said = node.close().then(
      () => null,
      (error: Error) => error.message,
    );
    expect(await sim.complete(said)).toBe(first);
    expect(closed).toEqual(['log', 'log', 'transport', 'store']);
  });
});
