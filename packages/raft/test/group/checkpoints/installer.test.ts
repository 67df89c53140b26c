import {
  type Anchor,
  type Entry,
  type Index,
  nameOfPart,
  SmaltiError,
  type StoreCallback,
  sessionIdOf,
} from '@smalti/core';
import { Simulation, simHasher } from '@smalti/simulator';
import { describe, expect, it } from 'vitest';
import { Installer } from '../../../src/group/checkpoints/installer.ts';
import { HandleSession } from '../../../src/group/client-session.ts';
import type { Request, RequestKind } from '../../../src/group/request.ts';
import { Applying, keyNumber, Script } from '../support/applying.ts';
import { PartStore } from '../support/part-store.ts';

const EPOCH = 3;

/** The engine's part of installs: it refuses as told, and its write completes when the test says so. */
class Shell {
  session: { readonly epoch: number } | null = { epoch: EPOCH };
  refusal: string | null = null;
  asked = 0;
  readonly resets: { at: Index; configuration: Index; stamp: number }[] = [];
  done: StoreCallback | null = null;

  mayInstall(): string | null {
    this.asked += 1;
    return this.refusal;
  }

  install(_: number, { at }: Anchor, { index }: Entry, stamp: number, done: StoreCallback): string | null {
    this.resets.push({ at: at.index, configuration: index, stamp });
    this.done = done;
    return null;
  }
}

/** A replica that has applied little, and a checkpoint far ahead of it, whose parts are all in its store. */
class World {
  readonly sim = new Simulation();
  readonly script = new Script(simHasher);
  readonly ahead = new Applying(this.script, { sim: this.sim });
  readonly behind = new Applying(this.script, { sim: this.sim, window: true });
  readonly store = new PartStore(this.behind.node.ports.scheduler);
  readonly shell = new Shell();
  readonly told: (SmaltiError | null)[] = [];
  readonly installed: number[] = [];
  readonly faults: string[] = [];
  readonly installer = new Installer({
    ...this.behind.node.ports,
    store: this.store,
    machine: this.behind.machine,
    born: this.script.born,
    applier: this.behind.applier,
    shell: this.shell as never,
    installed: ({ anchor }) => {
      this.installed.push(anchor.at.index);
      this.appliedThen = this.behind.applier.at.index;
    },
    fault: (error) => this.faults.push(error.code),
  });
  /** What was applied when the rest of the replica was told of the checkpoint. */
  appliedThen = 0;
  anchor!: Anchor;

  static async make(): Promise<World> {
    const world = new World();
    const { script, sim } = world;
    for (let i = 0; i < 10; i++) script.say(`early ${i}`);
    await world.behind.run(sim);
    for (let i = 0; i < 200; i++) script.say(`word ${i}`, 1 + (i % 5));
    script.mark();
    await world.ahead.run(sim);
    world.anchor = world.store.keep(world.ahead.captured, null);
    for (let i = 0; i < 10; i++) script.say(`late ${i}`);
    await world.ahead.run(sim);
    return world;
  }

  install(anchor = this.anchor): string | null {
    return this.installer.install(EPOCH, anchor, (error) => this.told.push(error));
  }

  /** Lets the engine's write complete. */
  async durable(error: SmaltiError | null = null): Promise<void> {
    await this.sim.runUntil(() => this.shell.done !== null, this.sim.now + 10_000);
    this.shell.done?.(error);
    await this.sim.runFor(1_000);
  }

  /** A request that was sent, and how it ended. */
  ask(kind: RequestKind): { readonly request: Request; ended: string | null } {
    const { requests } = this.behind;
    const asked: { request: Request; ended: string | null } = { request: null as never, ended: null };
    const command = kind.type === 'fill' ? [] : [new TextEncoder().encode('asked')];
    asked.request = requests.open(command, kind, new HandleSession(), null, {}, (error, settlement) => {
      asked.ended = error === null ? `${settlement?.results}` : `${error.code} ${error.outcome}`;
    });
    requests.envelopes(asked.request);
    asked.request.state = 'sent';
    return asked;
  }
}

describe('an install', () => {
  it('replaces the state by what replay to the anchor gives, and applying goes on after it', async () => {
    const world = await World.make();
    const { behind, ahead, shell, store } = world;
    expect(world.install()).toBeNull();
    expect(world.install()).toBe('an install is under way already');
    await world.durable();
    const { at } = world.anchor;
    expect(world.told).toEqual([null]);
    expect(world.installed).toEqual([at.index]);
    expect(shell.resets).toEqual([{ at: at.index, configuration: 1, stamp: 1_000 + 10 * at.index }]);
    expect(store.manifests()).toMatchObject([{ anchor: at, root: world.anchor.root, agreed: true }]);
    expect(store.leased).toEqual([]);
    expect(behind.machine.snapshotsAlive).toBe(0);
    expect(behind.applier.at).toEqual(at);
    await behind.run(world.sim);
    expect(behind.machine.said).toEqual(ahead.machine.said);
    const [one, other] = [behind, ahead].map(({ applier }) => applier.sessions.capture());
    expect(one?.items(0, one.length)).toEqual(other?.items(0, other.length));
  });

  it('H39: touches nothing before the checkpoint is known as agreed, nor the machine before the log is', async () => {
    const world = await World.make();
    const { behind, shell, store, sim } = world;
    const words = behind.machine.words;
    const seen: string[] = [];
    world.install();
    for (let i = 0; i < 1_000 && shell.done === null; i++) {
      sim.step();
      seen.push(`${store.list.length} ${shell.resets.length} ${behind.machine.words.length}`);
    }
    expect([...new Set(seen)]).toEqual(['0 0 10', '1 1 10']);
    await sim.runFor(1_000);
    // Committed meanwhile, as far as the engine knows: applied to neither the old state nor the new one.
    behind.applier.advance(world.script.last);
    await sim.runFor(1_000);
    expect(behind.machine.words).toEqual(words);
    await world.durable();
    expect(behind.applier.at.index).toBe(world.script.last);
    expect(behind.faults).toEqual([]);
  });

  it('H19: that lacks a part, or has a damaged one, says which, and the state goes on', async () => {
    const world = await World.make();
    const { behind, store, sim, shell } = world;
    const parts = [...store.parts];
    for (const [part, bytes] of parts) {
      store.parts.delete(part);
      world.told.length = 0;
      expect(world.install()).toBeNull();
      await sim.runFor(1_000);
      expect(world.told).toMatchObject([{ code: 'SYNC_REFUSED', details: { part } }]);
      store.parts.set(part, bytes);
    }
    expect(parts.length).toBeGreaterThan(3);
    const part = nameOfPart(new Uint8Array(1), simHasher);
    store.refusal = new SmaltiError('STORAGE_RANGE', 'not whole', { details: { part } });
    world.told.length = 0;
    world.install();
    await sim.runFor(1_000);
    expect(world.told).toMatchObject([{ code: 'SYNC_REFUSED', details: { part } }]);
    expect([shell.resets, store.list, store.leased]).toEqual([[], [], []]);
    expect(behind.machine.snapshotsAlive).toBe(0);
    await behind.run(sim);
    expect(behind.machine.said).toEqual(world.ahead.machine.said);
  });

  it('that the engine refuses, or whose write fails, leaves the state as it was', async () => {
    const world = await World.make();
    const { behind, shell, sim } = world;
    shell.refusal = 'no';
    expect(world.install()).toBe('no');
    shell.refusal = null;
    expect(world.install()).toBeNull();
    shell.refusal = 'not any more';
    await sim.runFor(1_000);
    expect(world.told).toMatchObject([{ code: 'SYNC_REFUSED', message: 'not any more' }]);
    shell.refusal = null;
    world.install();
    await world.durable(new SmaltiError('STORAGE_FULL', 'full'));
    expect(world.told[1]).toMatchObject({ code: 'STORAGE_FULL' });
    expect(behind.machine.snapshotsAlive).toBe(0);
    await behind.run(sim);
    expect(behind.machine.said).toEqual(world.ahead.machine.said);
  });

  it('ends with its session, and is not told', async () => {
    const world = await World.make();
    const { behind, shell, sim, store } = world;
    world.install();
    sim.step();
    shell.session = { epoch: EPOCH + 1 };
    await sim.runFor(1_000);
    expect([world.told, store.list, store.leased, shell.resets]).toEqual([[], [], [], []]);
    shell.session = { epoch: EPOCH };
    expect(world.install()).toBeNull();
    world.installer.close();
    await sim.runFor(1_000);
    expect([world.told, store.list]).toEqual([[], []]);
    expect(behind.machine.snapshotsAlive).toBe(0);
    expect(world.install()).toBe('the group was closed');
  });

  it('stops the node if the store of checkpoints has failed', async () => {
    const world = await World.make();
    world.store.refusal = new SmaltiError('STORAGE_FAILED', 'broken');
    world.install();
    await world.sim.runFor(1_000);
    expect(world.faults).toEqual(['STORAGE_FAILED']);
  });

  it('stops applying, and nothing else, if the machine throws', async () => {
    const world = await World.make();
    const { behind } = world;
    behind.machine.installSnapshot = () => {
      throw new Error('no');
    };
    world.install();
    await world.durable();
    expect(world.told).toEqual([null]);
    expect(behind.failures).toMatchObject([{ message: 'no' }]);
    expect(behind.machine.snapshotsAlive).toBe(0);
  });
});

describe('what an install passes over', () => {
  it('ends by the sessions of the checkpoint, or as unknown', async () => {
    const world = await World.make();
    const given = (n: number, sequence: number) =>
      world.ask({ type: 'given', id: { session: sessionIdOf(keyNumber(n)), sequence }, through: 0 });
    const [done, next] = [given(1, 20), given(1, 51)];
    const opened = world.ask({
      type: 'fill',
      id: { session: sessionIdOf(keyNumber(2)), sequence: 0 },
      opening: 1 as Index,
    });
    const fed = world.ask({ type: 'feed' });
    const own = world.ask({ type: 'session' });
    world.install();
    await world.durable();
    expect(done.ended).toMatch(/^said /);
    expect(next.ended).toBeNull();
    expect(opened.ended).toBe('undefined');
    expect(fed.ended).toBe('UNKNOWN_OUTCOME unknown');
    expect(own.ended).toBeNull();
    // Its session may have begun and been forgotten among what was passed over.
    const { requests } = world.behind;
    requests.unknown({ session: keyNumber(1_000), sequence: 1, through: 0, opening: 1 });
    expect(own.ended).toBe('SESSION_UNKNOWN unknown');
  });

  it('is looked at no more; what waits for the anchor or what comes later sees it', async () => {
    const world = await World.make();
    const { applier } = world.behind;
    const { at } = world.anchor;
    const seen: string[] = [];
    for (const index of [at.index - 1, at.index, at.index + 1]) {
      applier.watch(index as Index, {
        look: ({ index: now }) => seen.push(`${index} at ${now}`),
        skipped: ({ index: now }) => seen.push(`${index} skipped by ${now}`),
      });
    }
    world.install();
    await world.durable();
    expect(seen).toEqual([`${at.index - 1} skipped by ${at.index}`, `${at.index} at ${at.index}`]);
    await world.behind.run(world.sim);
    expect(seen.at(-1)).toBe(`${at.index + 1} at ${at.index + 1}`);
  });

  it('is applied again if the state had gone further: a repair', async () => {
    const world = await World.make();
    const { behind, sim } = world;
    await behind.run(sim);
    const last = behind.applier.at;
    behind.machine.said = [];
    world.install();
    await world.durable();
    await sim.runUntil(() => behind.applier.at.index === last.index, sim.now + 1_000);
    expect(behind.applier.at).toEqual(last);
    // Whoever keeps account of the entries begins anew at the anchor, and none after it may be lost to that.
    expect(world.appliedThen).toBe(world.anchor.at.index);
    expect(behind.machine.said).toEqual(world.ahead.machine.said);
  });
});
