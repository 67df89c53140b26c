import {
  EntryKind,
  Framer,
  type GroupLog,
  type Index,
  type Term,
  toClusterId,
  toGroupId,
  toPeerId,
} from '@smalti/core';
import { Simulation, simHasher } from '@smalti/simulator';
import { describe, expect, it } from 'vitest';
import { type MemoryData, type MemoryStore, memoryStore } from '../src/index.ts';

const group = toGroupId('ab'.repeat(32));
const framer = new Framer(toClusterId('cd'.repeat(16)), simHasher);
const drafts = (count: number) =>
  Array.from({ length: count }, () => ({ kind: EntryKind.command, payload: new Uint8Array(64) }));
const entries = (first: number, count: number) => framer.seal(drafts(count), first as Index, 2 as Term, 5);

function setup(data?: MemoryData): { sim: Simulation; store: MemoryStore; log: GroupLog } {
  const sim = new Simulation();
  const { random, scheduler } = sim.node('n1').ports;
  const store = memoryStore({ node: toPeerId('n1'), random, scheduler, ...(data && { data }) });
  return { sim, store, log: sim.call<GroupLog>((done) => store.openGroup(group, done)) };
}

describe('the memory store', () => {
  it('loses in a crash what had not completed, and may keep the beginning of it', () => {
    for (const kept of [0, 1]) {
      const { sim, store, log } = setup();
      sim.call((done) => log.write({ entries: entries(1, 3) }, done));
      log.write({ entries: entries(4, 1) }, () => expect.unreachable());
      log.write({ entries: entries(5, 1) }, () => expect.unreachable());
      expect(log.last.index).toBe(5);
      store.crash(kept);
      sim.runSync(100);
      expect(setup(store.data).log.last.index).toBe(3 + kept);
    }
  });

  it('is one incarnation for as long as its data lives', () => {
    const { sim, store } = setup();
    sim.call((done) => store.close(done));
    expect(setup(store.data).store.identity).toEqual(store.identity);
  });

  it('refuses data that is in use, or of another node', () => {
    const { sim, store } = setup();
    expect(() => setup(store.data)).toThrow(expect.objectContaining({ code: 'STORAGE_LOCKED' }));
    const { random, scheduler } = sim.node('n2').ports;
    expect(() => memoryStore({ node: toPeerId('n2'), random, scheduler, data: store.data })).toThrow(
      expect.objectContaining({ code: 'STORAGE_FOREIGN' }),
    );
  });

  it('fails for good when told to', () => {
    const { sim, store, log } = setup();
    const codes: (string | undefined)[] = [];
    log.write({ entries: entries(1, 1) }, (error) => codes.push(error?.code));
    store.fail();
    log.write({}, (error) => codes.push(error?.code));
    sim.runSync(100);
    expect(codes).toEqual(['STORAGE_FAILED', 'STORAGE_FAILED']);
  });

  it('refuses as a whole what finds no room, with what was submitted after it', () => {
    const { sim, store, log } = setup();
    store.capacity = 350;
    const codes: (string | undefined)[] = [];
    for (const first of [1, 3, 5])
      log.write({ entries: entries(first, 2) }, (error) => codes.push(error?.code));
    sim.runSync(100);
    expect(codes).toEqual([undefined, 'STORAGE_FULL', 'STORAGE_FULL']);
    expect(log.last.index).toBe(2);
    store.capacity = 1000;
    sim.call((done) => log.write({ entries: entries(3, 1) }, done));
  });
});
