import { type CrashChoice, type DiskStage, SimRandom } from '@smalti/simulator';
import { describe, expect, it } from 'vitest';
import { openChunks } from '../src/index.ts';
import { checkpoint, OWNER, SMALL, World } from './world.ts';

const CHECKPOINTS = [checkpoint(1), checkpoint(2), checkpoint(3)];

/** What has completed, in order. */
interface Story {
  readonly committed: Set<number>;
  /** What was dropped, or is being dropped. */
  readonly dropped: Set<number>;
}

/** A life with everything in it, submitted step by step; `ended` is called when it is over. */
function live(world: World, story: Story, ended: () => void): void {
  openChunks({ ...world.node.ports, owner: OWNER, options: SMALL }, (error, store) => {
    if (error !== null || store === null) throw error;
    const steps: ((next: (error: Error | null) => void) => void)[] = [];
    for (const { manifest, parts } of CHECKPOINTS) {
      const { index } = manifest.anchor;
      steps.push((next) => store.put(parts, next));
      steps.push((next) =>
        store.commit(manifest, (failed) => {
          if (failed === null) story.committed.add(index);
          next(failed);
        }),
      );
      steps.push((next) => {
        store.commit({ ...manifest, agreed: true }, next);
      });
    }
    for (const { manifest } of CHECKPOINTS.slice(0, 2)) {
      steps.push((next) => {
        story.dropped.add(manifest.anchor.index);
        store.drop(manifest.anchor, next);
      });
    }
    steps.push((next) => world.node.clock.setTimer(60_000, () => next(null)));
    steps.push((next) => store.close(next));
    const advance = (failed: Error | null): void => {
      if (failed !== null) throw failed;
      const step = steps.shift();
      if (step === undefined) ended();
      else step(advance);
    };
    advance(null);
  });
}

/** Lives until an operation of the disk has come so far, and crashes there. False if there is no such operation. */
function liveUntil(
  world: World,
  story: Story,
  operation: number,
  stage: DiskStage,
  crash: () => void,
): boolean {
  let over = false;
  let crashed = false;
  const stop = world.node.disk.onOperation(({ sequence }, at) => {
    if (crashed || sequence !== operation || at !== stage) return;
    crashed = true;
    crash();
  });
  live(world, story, () => {
    over = true;
  });
  world.sim.runUntilSync(() => over || crashed, 600_000);
  stop();
  return crashed;
}

function expectSound(world: World, story: Story): void {
  const store = world.open();
  const found = store.manifests().map(({ anchor }) => Number(anchor.index));
  for (const index of story.committed) if (!story.dropped.has(index)) expect(found).toContain(index);
  for (const each of CHECKPOINTS) {
    if (!found.includes(each.manifest.anchor.index)) continue;
    expect(world.missing(store, each)).toEqual([]);
  }
  // It goes on from there, whatever was left half done.
  world.collect();
  for (const each of CHECKPOINTS)
    if (found.includes(each.manifest.anchor.index)) expect(world.missing(store, each)).toEqual([]);
  const next = checkpoint(4);
  world.keep(store, next);
  expect(world.missing(store, next)).toEqual([]);
  world.call((done) => store.close(done));
}

const ENDS: Readonly<Record<string, (random: SimRandom) => CrashChoice | 'kill'>> = {
  'loses all that was not synced': () => ({ keep: 'nothing' }),
  'loses some of what was not synced': (random) => ({ random, tornSectors: true }),
  'keeps what was not synced': () => ({ keep: 'everything' }),
  'is the end of the process alone': () => 'kill',
};

describe('a crash at any operation of the disk', () => {
  for (const [title, choose] of Object.entries(ENDS)) {
    it(`leaves every checkpoint whole, if it ${title}`, () => {
      let crashes = 0;
      for (const stage of ['submitted', 'applied'] as const) {
        for (let operation = 1; ; operation++) {
          const world = new World();
          const story: Story = { committed: new Set(), dropped: new Set() };
          const choice = choose(new SimRandom(`${operation} ${stage}`));
          const end = (): void => (choice === 'kill' ? world.node.kill() : world.node.crash(choice));
          if (!liveUntil(world, story, operation, stage, end)) break;
          crashes += 1;
          world.node.restart();
          expectSound(world, story);
          // Once more, after a loss of power: what was read after the first must not have been in the cache alone.
          world.node.crash({ keep: 'nothing' });
          world.node.restart();
          const store = world.open();
          expect(store.manifests().map(({ anchor }) => Number(anchor.index))).toContain(4);
        }
      }
      expect(crashes).toBeGreaterThan(150);
    });
  }

  it('and one while it is opened again leaves what a process that was killed had made known', () => {
    // What a process has seen as committed it may build on, so it must outlast a later loss of power.
    for (let operation = 1; ; operation++) {
      const world = new World();
      const story: Story = { committed: new Set(), dropped: new Set() };
      if (!liveUntil(world, story, operation, 'applied', () => world.node.kill())) break;
      world.node.restart();
      const seen = world.open().manifests();
      world.node.crash({ keep: 'nothing' });
      world.node.restart();
      const store = world.open();
      expect(store.manifests()).toEqual(seen);
      for (const each of CHECKPOINTS) {
        if (seen.some(({ anchor }) => anchor.index === each.manifest.anchor.index)) {
          expect(world.missing(store, each)).toEqual([]);
        }
      }
    }
  });
});

describe('a sync that fails', () => {
  it('is final, and what it covered is written again by the next process', () => {
    let after = 0;
    for (; ; after++) {
      const world = new World();
      let error: Error | null = null;
      world.node.disk.fail({ kind: 'sync', after });
      openChunks({ ...world.node.ports, owner: OWNER, options: SMALL }, (failed, store) => {
        error = failed;
        if (store === null) return;
        const all = CHECKPOINTS.flatMap(({ manifest, parts }) => [
          (done: (e: Error | null) => void) => store.put(parts, done),
          (done: (e: Error | null) => void) => store.commit(manifest, done),
        ]);
        const advance = (failedStep: Error | null): void => {
          error ??= failedStep;
          const step = all.shift();
          if (step !== undefined && error === null) step(advance);
          else if (error !== null) expect((error as Error & { code: string }).code).toBe('STORAGE_FAILED');
        };
        advance(null);
      });
      world.sim.runSync(1000);
      if (error === null) break;
      expect((error as Error).message).toMatch(/planned fault/);
      world.node.kill();
      world.node.restart();
      const seen = world.open().manifests();
      world.node.crash({ keep: 'nothing' });
      world.node.restart();
      const store = world.open();
      expect(store.manifests()).toEqual(seen);
      for (const each of CHECKPOINTS) {
        if (seen.some(({ root }) => root === each.manifest.root))
          expect(world.missing(store, each)).toEqual([]);
      }
    }
    // The identity, a batch and a manifest for each checkpoint, at least.
    expect(after).toBeGreaterThanOrEqual(7);
  });
});
