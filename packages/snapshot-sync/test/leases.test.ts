import { toPeerId } from '@smalti/core';
import { makeLog } from '@smalti/sync-bench';
import { describe, expect, it } from 'vitest';
import { snapshotSync } from '../src/index.ts';
import { Bench } from './bench.ts';
import { type Checkpoint, checkpointAt } from './checkpoint-at.ts';

const SOURCE = makeLog(1_000);
const OLD = checkpointAt(SOURCE[299], 2_000);
const NEW = checkpointAt(SOURCE[599], 2_000, (i) => i < 1_000);

function setup(options = {}, checkpoints: readonly Checkpoint[] = [OLD, NEW]) {
  const bench = new Bench({ source: SOURCE, checkpoints, options });
  const provider = bench.add('a', { first: 1 });
  const word = () => provider.provider.safeToPrunePrefix?.(provider.cx);
  const lease = (of: Checkpoint, from = 'j1', nonce = 1, release = false) => {
    const { at, root } = of;
    provider.provider.receive({ type: 'lease', nonce, at, root, release }, toPeerId(from), provider.cx);
  };
  return { bench, provider, word, lease };
}

describe('the word on pruning', () => {
  it('is the newest agreed checkpoint', () => {
    const { provider, word } = setup();
    expect(word()).toBe(600);
    provider.store.data.manifests = [OLD.manifest, { ...NEW.manifest, agreed: false }];
    expect(word()).toBe(300);
  });

  it('is nothing while no checkpoint is agreed', () => {
    const { provider, word } = setup();
    provider.store.data.manifests = [{ ...OLD.manifest, agreed: false }];
    expect(word()).toBe(0);
    const none = snapshotSync().createProvider({ ...provider.cx, snapshots: null });
    expect(none.safeToPrunePrefix?.({ ...provider.cx, snapshots: null })).toBe(0);
  });

  it('H27: leaves the log after a checkpoint that a session fetches, until it is released', () => {
    const { word, lease } = setup();
    lease(OLD);
    lease(NEW, 'j2');
    expect(word()).toBe(300);
    lease(OLD, 'j1', 2, true);
    expect(word()).toBe(300);
    lease(OLD, 'j1', 1, true);
    expect(word()).toBe(600);
  });

  it('H27: is not held back by a session that is dead', () => {
    const { bench, word, lease } = setup({ leaseMs: 10_000 });
    lease(OLD);
    bench.pass(9_000);
    lease(OLD);
    bench.pass(9_000);
    expect(word()).toBe(300);
    bench.pass(1_001);
    expect(word()).toBe(600);
  });

  it('H27: is not held back for ever by one that lives', () => {
    const { bench, word, lease } = setup({ leaseMs: 10_000, maxLeaseMs: 60_000 });
    for (let i = 0; i < 12; i++) {
      lease(OLD);
      expect(word()).toBe(300);
      bench.pass(5_000);
    }
    lease(OLD);
    expect(word()).toBe(600);
  });
});

describe('a checkpoint', () => {
  it('H27: is kept for a session though it was dropped, and no longer than the session', () => {
    const { bench, provider, lease } = setup({ leaseMs: 10_000 });
    lease(OLD);
    bench.sim.call((done) => provider.store.drop(OLD.at, done));
    bench.pass(9_000);
    expect([...OLD.parts.keys()].every((name) => provider.store.has(name))).toBe(true);
    bench.pass(5_000);
    expect([...OLD.parts.keys()].every((name) => provider.store.has(name))).toBe(false);
  });

  it('H27: is fetched to its end by the session for which it is kept, though it was dropped meanwhile', () => {
    const { bench, provider } = setup({ leaseMs: 10_000, batchBytes: 4096 }, [OLD]);
    provider.bytesPerMs = 20;
    bench.joiner.start();
    bench.pass(1_000);
    bench.sim.call((done) => provider.store.drop(OLD.at, done));
    bench.keep(provider.store, NEW.parts, NEW.manifest);
    bench.anchor = { at: NEW.at, root: NEW.root };
    bench.run();
    expect(bench.joiner.end).toEqual({ done: { index: 1_000, term: 1 } });
    expect(bench.joiner.installs.map(({ at }) => at.index)).toEqual([300]);
    expect(bench.sim.now).toBeGreaterThan(5_000);
  });

  it('H27: is kept for a session while it makes progress, and given back at its end', () => {
    const { bench, provider, word } = setup({ leaseMs: 6_000, batchBytes: 4096 }, [OLD]);
    provider.bytesPerMs = 20;
    bench.joiner.start();
    bench.pass(1_000);
    provider.replace(NEW, 1);
    for (let i = 0; i < 60 && bench.joiner.end === null; i++) {
      expect(word()).toBe(300);
      bench.run(200);
    }
    expect(bench.joiner.end).toEqual({ done: { index: 1_000, term: 1 } });
    expect(bench.sim.now).toBeGreaterThan(8_000);
    bench.pass(100);
    expect(word()).toBe(600);
  });

  it('H27: is given back at once when the session is ended by others, by peers that it left as well', () => {
    const { bench, provider, word } = setup({ batchBytes: 4096 }, [OLD]);
    const other = bench.add('b', { first: 1, checkpoints: [OLD] });
    provider.bytesPerMs = 20;
    other.bytesPerMs = 20;
    bench.joiner.start();
    bench.pass(1_000);
    for (const { store } of [provider, other]) bench.keep(store, NEW.parts, NEW.manifest);
    expect([word(), other.provider.safeToPrunePrefix?.(other.cx)]).toEqual([300, 300]);
    bench.joiner.stop();
    bench.pass(1_000);
    expect([word(), other.provider.safeToPrunePrefix?.(other.cx)]).toEqual([600, 600]);
  });

  it('H27: counts from when it is not the newest any more, and is kept no longer if that is too much', () => {
    const { bench, provider, word, lease } = setup({ leasedBytes: OLD.manifest.bytes, leaseMs: 10_000 }, [
      OLD,
    ]);
    lease(OLD, 'j1');
    bench.keep(provider.store, NEW.parts, NEW.manifest);
    const third = checkpointAt(SOURCE[799], 2_000, (i) => i < 500);
    lease(NEW, 'j2');
    bench.keep(provider.store, third.parts, third.manifest);
    // Each was the newest one when it was asked for; who came first is served.
    bench.pass(6_000);
    lease(OLD, 'j1');
    lease(NEW, 'j2');
    expect(bench.warnings).toHaveLength(1);
    bench.pass(6_000);
    lease(OLD, 'j1');
    expect(word()).toBe(300);
    lease(OLD, 'j1', 1, true);
    expect(word()).toBe(800);
  });

  it('H27: is kept for so many sessions and so many bytes, and others find what they find', () => {
    const older = checkpointAt(SOURCE[199], 2_000);
    const { word, lease, bench } = setup({ leasedBytes: OLD.manifest.bytes + 10 }, [older, OLD, NEW]);
    lease(NEW, 'j0');
    lease(OLD, 'j1');
    // Two that fetch the same cost no more than one.
    lease(OLD, 'j2');
    lease(older, 'j3');
    expect(bench.warnings).toHaveLength(1);
    lease(OLD, 'j1', 1, true);
    expect(word()).toBe(300);
    lease(OLD, 'j2', 1, true);
    expect(word()).toBe(600);
    for (let i = 0; i < 30; i++) lease(NEW, `j${i}`);
    expect(bench.warnings.length).toBeGreaterThan(1);
  });

  it('H27: that is not here is not kept', () => {
    const { word, lease } = setup();
    lease(checkpointAt(SOURCE[99], 3));
    expect(word()).toBe(600);
  });
});
