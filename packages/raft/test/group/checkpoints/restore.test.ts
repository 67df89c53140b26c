import {
  type ClusterId,
  type Entry,
  EntryKind,
  encodeConfiguration,
  encodeGenesis,
  Framer,
  type GroupLog,
  type HardState,
  type Index,
  LogState,
  type MemberKey,
  type PartName,
  type SessionTable,
  type SmaltiError,
  type Term,
} from '@smalti/core';
import { Simulation, simHasher } from '@smalti/simulator';
import { describe, expect, it } from 'vitest';
import { type Loaded, loadCheckpoint } from '../../../src/group/checkpoints/load.ts';
import { type Restored, restore } from '../../../src/group/checkpoints/restore.ts';
import { Applying, Script } from '../support/applying.ts';
import { ListMachine } from '../support/list-machine.ts';
import { memoryLog, PartStore } from '../support/part-store.ts';

const VOTED: HardState = { term: 7 as Term, vote: 'n1@x' as MemberKey, commit: 1 as Index, doubt: false };

/** A script with two checkpoints in a store, and a log that holds all of it. */
class World {
  readonly sim = new Simulation();
  readonly script = new Script(simHasher);
  readonly ports = this.sim.node('n').ports;
  readonly store = new PartStore(this.ports.scheduler);
  readonly machine = new ListMachine();
  readonly notes: string[] = [];
  log: GroupLog = memoryLog(this.ports.scheduler);
  /** The state as it was at each marker. */
  readonly states: Applying[] = [];

  static async make(): Promise<World> {
    const world = new World();
    const { script, sim, store } = world;
    for (let mark = 0; mark < 2; mark++) {
      for (let i = 0; i < 300; i++) script.say(`${mark} ${i}`, 1 + (i % 11));
      script.mark();
      const state = await new Applying(script, { sim }).run(sim);
      world.states.push(state);
      store.keep(state.captured);
    }
    for (let i = 0; i < 50; i++) script.say(`end ${i}`, 1 + (i % 11));
    world.write(script.entries);
    return world;
  }

  write(entries: readonly Entry[], hardState: HardState = VOTED): void {
    const state = new LogState();
    state.write({ entries, hardState });
    this.log = memoryLog(this.ports.scheduler, state);
  }

  restore(): Restored {
    const { store, log, machine, notes, ports } = this;
    const parts = { ...ports, store, log, machine, note: (text: string) => notes.push(text) };
    return this.sim.call<Restored>((done) => restore(parts, done));
  }

  load(at: number): Loaded | null {
    const { store, machine, ports } = this;
    const { anchor, root } = store.list[at] as PartStore['list'][number];
    return this.sim.call((done) => loadCheckpoint({ ...ports, store, machine }, { at: anchor, root }, done));
  }

  /** Damages a part that only the newest checkpoint has. */
  damage(at = 1): PartName {
    const { root } = this.store.list[at] as PartStore['list'][number];
    this.store.parts.delete(root);
    return root;
  }
}

function itemsOf(table: SessionTable): unknown {
  const capture = table.capture();
  return capture.items(0, capture.length);
}

describe('a checkpoint that is loaded', () => {
  it('is what replay to its marker gives', async () => {
    const world = await World.make();
    for (const [at, state] of world.states.entries()) {
      const loaded = world.load(at) as Loaded;
      expect(loaded.anchor.at).toEqual(state.captured.at);
      expect(loaded.born.genesis).toEqual(world.script.born.genesis);
      expect(loaded.configuration.index).toBe(1);
      expect(itemsOf(loaded.sessions)).toEqual(itemsOf(state.applier.sessions));
      world.machine.installSnapshot(loaded.machine);
      expect(world.machine.words).toEqual(state.machine.words);
      const { script, sim } = world;
      const from = { at: loaded.anchor.at, sessions: loaded.sessions };
      const on = new Applying(script, { sim, from });
      on.machine.installSnapshot(loaded.machine);
      await on.run(sim);
      const whole = await new Applying(script, { sim }).run(sim);
      expect(on.machine.said).toEqual(whole.machine.said);
      expect(itemsOf(on.applier.sessions)).toEqual(itemsOf(whole.applier.sessions));
    }
  });

  it('H19: names the part that is damaged, whichever it is, and holds nothing', async () => {
    const world = await World.make();
    const { root, anchor } = world.store.list[1] as PartStore['list'][number];
    const { store, machine, ports } = world;
    const load = (): Loaded | null =>
      world.sim.call((done) => loadCheckpoint({ ...ports, store, machine }, { at: anchor, root }, done));
    let found = 0;
    for (const [name, bytes] of [...store.parts]) {
      for (const instead of [null, Uint8Array.from(bytes, (byte, i) => (i === 5 ? byte ^ 1 : byte))]) {
        if (instead === null) store.parts.delete(name);
        else store.parts.set(name, instead);
        let error: SmaltiError | null = null;
        try {
          load()?.machine.release();
        } catch (thrown) {
          error = thrown as SmaltiError;
        }
        store.parts.set(name, bytes);
        expect(machine.snapshotsAlive).toBe(0);
        if (error === null) continue;
        expect(error).toMatchObject({ code: 'STORAGE_CORRUPT', details: { part: name } });
        found += 1;
      }
    }
    // Parts of the first checkpoint alone are not looked at.
    expect(found).toBeGreaterThan(20);
  });

  it('is refused by a machine of another family, and by one that does not know its version', async () => {
    const world = await World.make();
    const other = Object.assign(new ListMachine(), { signature: 'other' });
    const older = new ListMachine();
    older.emptySnapshot = (version) => {
      throw new RangeError(`version ${version} is not known`);
    };
    const greedy = new ListMachine();
    const empty = greedy.emptySnapshot.bind(greedy);
    greedy.emptySnapshot = (version) => ({
      ...empty(version),
      append: () => {
        throw new Error('no');
      },
    });
    const { store, ports } = world;
    const { root, anchor } = store.list[1] as PartStore['list'][number];
    for (const [machine, code] of [
      [other, 'STORAGE_FOREIGN'],
      [older, 'STORAGE_VERSION'],
      [greedy, 'MACHINE_FAILED'],
    ] as const) {
      const load = (): unknown =>
        world.sim.call((done) => loadCheckpoint({ ...ports, store, machine }, { at: anchor, root }, done));
      expect(load).toThrow(expect.objectContaining({ code }));
      expect(machine.snapshotsAlive).toBe(0);
    }
  });

  it('can be given up, and holds nothing then', async () => {
    const world = await World.make();
    const { store, machine, ports, sim } = world;
    const { root, anchor } = store.list[1] as PartStore['list'][number];
    let after = 0;
    for (let finished = false; !finished; after++) {
      let told: Loaded | null = null;
      const load = loadCheckpoint({ ...ports, store, machine }, { at: anchor, root }, (_, loaded) => {
        told = loaded;
      });
      for (let i = 0; i < after; i++) sim.step();
      finished = told !== null;
      load.cancel();
      (told as Loaded | null)?.machine.release();
      await sim.runFor(1_000);
      expect(told !== null).toBe(finished);
      expect(machine.snapshotsAlive).toBe(0);
    }
    expect(after).toBeGreaterThan(10);
  });
});

describe('a restart', () => {
  it('begins with the newest agreed checkpoint, and the log stays as it is', async () => {
    const world = await World.make();
    const { last } = world.log;
    const restored = world.restore();
    expect(restored).toMatchObject({ type: 'checkpoint', loaded: { anchor: { at: { index: 603 } } } });
    expect(world.log.last).toEqual(last);
    expect(world.log.base.index).toBe(0);
    expect(world.log.hardState).toEqual({ ...VOTED, commit: 603 });
    expect(world.notes).toEqual([]);
  });

  it('does not believe a checkpoint that nobody agreed on, nor one of a log that is not born', async () => {
    const world = await World.make();
    world.store.list = world.store.list.map((manifest, i) => ({ ...manifest, agreed: i === 0 }));
    expect(world.restore()).toMatchObject({ loaded: { anchor: { at: { index: 302 } } } });
    world.store.list = world.store.list.map((manifest) => ({ ...manifest, agreed: false }));
    expect(world.restore()).toEqual({ type: 'log' });
    world.store.list = world.store.list.map((manifest) => ({ ...manifest, agreed: true }));
    world.write([]);
    expect(world.restore()).toEqual({ type: 'log' });
  });

  it('H39: finishes half an install: the log begins at the anchor, with the term and the vote that it had', async () => {
    const world = await World.make();
    world.write(world.script.entries.slice(0, 100));
    const restored = world.restore();
    expect(restored.type).toBe('checkpoint');
    expect(world.log.base).toEqual({ index: 603, term: 2 });
    expect(world.log.last).toEqual({ index: 603, term: 2 });
    expect(world.log.hardState).toEqual({ ...VOTED, commit: 603 });
    expect(world.log.configurations.map(({ index }) => index)).toEqual([1]);
    // Once more: nothing is left to do.
    expect(world.restore().type).toBe('checkpoint');
  });

  it('H36: keeps what follows the anchor, and drops what another term wrote in its place', async () => {
    const world = await World.make();
    const { script } = world;
    world.write(script.entries);
    world.restore();
    expect(world.log.last.index).toBe(script.last);
    const stale = script.born.framer.seal(
      Array.from({ length: 700 }, () => ({ kind: EntryKind.empty, payload: new Uint8Array(0) })),
      2 as Index,
      1 as Term,
      2_000,
    );
    world.write([script.born.entry, ...stale]);
    world.restore();
    expect(world.log.last).toEqual({ index: 603, term: 2 });
  });

  it('goes back to an older checkpoint, or to the birth, if the log reaches so far back', async () => {
    const world = await World.make();
    world.damage(1);
    expect(world.restore()).toMatchObject({ loaded: { anchor: { at: { index: 302 } } } });
    expect(world.notes).toEqual([expect.stringContaining('is damaged')]);
    // Nobody takes it for whole any more.
    expect(world.store.list.map(({ anchor }) => anchor.index)).toEqual([302]);
    world.damage(0);
    expect(world.restore()).toEqual({ type: 'log' });
    expect(world.store.list).toEqual([]);
  });

  it('without its state, of a log that was cut, knows its group and what it has to install', async () => {
    const world = await World.make();
    world.sim.call<void>((done) => world.log.prunePrefix(400 as Index, done));
    const part = world.damage(1);
    const restored = world.restore();
    expect(restored).toMatchObject({
      type: 'needs-state',
      born: { genesis: world.script.born.genesis },
      anchor: { at: { index: 603 }, root: part },
      why: { code: 'STORAGE_CORRUPT', details: { part } },
    });
    expect(world.store.list).toHaveLength(2);
  });

  it('finds its birth in a checkpoint where the log does not have it any more', async () => {
    const world = await World.make();
    const { configuration } = world.script.born.genesis;
    const changed = world.script.add(EntryKind.configuration, encodeConfiguration(configuration));
    world.write(world.script.entries);
    world.sim.call<void>((done) => world.log.prunePrefix(changed.index, done));
    expect(world.log.configurations.map(({ index }) => index)).toEqual([changed.index]);
    // The newest one is older than the base: it does not join, though it can be read.
    const restored = world.restore();
    expect(restored).toMatchObject({ type: 'needs-state', born: { genesis: world.script.born.genesis } });
    world.damage(1);
    expect(world.restore()).toMatchObject({ type: 'needs-state', born: { genesis: {} } });
    world.damage(0);
    expect(() => world.restore()).toThrow(expect.objectContaining({ code: 'STORAGE_CORRUPT' }));
  });

  it('of a log that was cut, without any checkpoint, says what to do', async () => {
    const world = await World.make();
    world.sim.call<void>((done) => world.log.prunePrefix(400 as Index, done));
    world.store.list = [];
    expect(() => world.restore()).toThrow(
      'give this node the store of its checkpoints, or an empty directory',
    );
  });

  it('fails where its checkpoint is whole and cannot be taken in', async () => {
    const world = await World.make();
    Object.assign(world.machine, { signature: 'other' });
    expect(() => world.restore()).toThrow(expect.objectContaining({ code: 'STORAGE_FOREIGN' }));
  });

  it('H35: refuses checkpoints of another cluster, and its log stays as it is', async () => {
    const world = await World.make();
    const { script, sim } = world;
    const { genesis } = script.born;
    const cluster = 'd'.repeat(32) as ClusterId;
    const payload = encodeGenesis({ ...genesis, cluster });
    const drafts = [{ kind: EntryKind.genesis, payload }];
    const other = new Framer(cluster, simHasher).seal(drafts, 1 as Index, 1 as Term, 1_000);
    world.write(other);
    expect(() => world.restore()).toThrow(expect.objectContaining({ code: 'STORAGE_FOREIGN' }));
    await sim.runFor(1_000);
    expect(world.log.last).toEqual({ index: 1, term: 1 });
    expect(world.machine.snapshotsAlive).toBe(0);
  });
});
