import type { Cursor, Manifest, PartName, SnapshotLease, SnapshotStore, StoreCallback } from '@smalti/core';
import { type SimPorts, SimRandom, Simulation } from '@smalti/simulator';
import {
  MemorySnapshotStore,
  type MemorySnapshotStoreOptions,
  type MemorySnapshots,
} from '@smalti/storage-memory';
import { describe, expect, it } from 'vitest';
import {
  failuresOf,
  registerCases,
  type SnapshotStoreAbility,
  type SnapshotStoreFactory,
  simulatedSnapshotStore,
  snapshotStoreSuite,
} from '../src/index.ts';

type Make = (ports: SimPorts, data: MemorySnapshots | undefined) => MemorySnapshotStore;

const ABILITIES: readonly SnapshotStoreAbility[] = ['reopen', 'crash', 'full', 'failure', 'damage'];

/** Stores in memory, each on a medium that outlives them. */
function inMemory(make: Make, abilities = ABILITIES): SnapshotStoreFactory {
  return {
    abilities,
    async create(seed) {
      const sim = new Simulation({ seed });
      const node = sim.node('n1');
      let data: MemorySnapshots | undefined;
      let store: MemorySnapshotStore | null = null;
      let capacity = Number.POSITIVE_INFINITY;
      const random = new SimRandom(seed);
      return {
        async open() {
          store = make(node.ports, data);
          store.capacity = capacity;
          data = store.data;
          return store;
        },
        drive: (work) => sim.complete(work),
        async pass() {
          for (let i = random.below(4); i > 0; i--) sim.step();
          await sim.settle();
        },
        wait: (ms) => sim.runFor(ms),
        now: () => node.clock.now(),
        async crash() {
          store?.crash();
        },
        async fill() {
          capacity = [...(data?.parts.values() ?? [])].reduce((sum, { length }) => sum + length, 0);
          if (store !== null) store.capacity = capacity;
        },
        async free() {
          capacity = Number.POSITIVE_INFINITY;
          if (store !== null) store.capacity = capacity;
        },
        async breakDown() {
          store?.fail();
        },
        async damage(bytes) {
          for (const part of data?.parts.values() ?? []) {
            if (Buffer.from(part).equals(bytes)) part[0] = (part[0] as number) ^ 1;
          }
        },
        async dispose() {},
      };
    },
  };
}

const memory: Make = (ports, data) =>
  new MemorySnapshotStore({ ...ports, ...(data === undefined ? {} : { data }) });
registerCases(
  { describe, it },
  'the suite of snapshot stores, in memory',
  snapshotStoreSuite(inMemory(memory)),
);

/** A store in memory with something wrong. */
abstract class Broken extends MemorySnapshotStore {
  /** What it keeps, as it would be after a restart. */
  protected later(work: () => void): void {
    queueMicrotask(work);
  }
}

class GivesDamaged extends Broken {
  override get(name: PartName, done: StoreCallback<Uint8Array | null>): void {
    const bytes = this.data.parts.get(name);
    if (bytes === undefined) super.get(name, done);
    else this.later(() => done(null, Uint8Array.from(bytes)));
  }
}

class GivesItsOwn extends Broken {
  override get(name: PartName, done: StoreCallback<Uint8Array | null>): void {
    const bytes = this.data.parts.get(name) ?? null;
    super.get(name, (error, copy) => done(error, copy === null ? null : bytes));
  }
}

class BelievesNames extends Broken {
  override put(parts: ReadonlyMap<PartName, Uint8Array>, done: StoreCallback): void {
    for (const [name, bytes] of parts) this.data.parts.set(name, bytes);
    this.later(() => done(null));
  }
}

class CommitsAnything extends Broken {
  override commit(manifest: Manifest, done: StoreCallback): void {
    const others = this.data.manifests.filter(({ anchor }) => anchor.index !== manifest.anchor.index);
    this.data.manifests = [...others, manifest].sort((a, b) => a.anchor.index - b.anchor.index);
    this.later(() => done(null));
  }
}

class KeepsTheOldWord extends Broken {
  override commit(manifest: Manifest, done: StoreCallback): void {
    if (this.data.manifests.some(({ anchor }) => anchor.index === manifest.anchor.index))
      this.later(() => done(null));
    else super.commit(manifest, done);
  }
}

class NeverCollects extends Broken {
  constructor(options: MemorySnapshotStoreOptions) {
    super(options);
    this.data.parts.delete = () => false;
  }
}

class IgnoresLeases extends Broken {
  override lease(root: PartName | null): SnapshotLease {
    return super.lease(root, 0);
  }
}

class IgnoresReleases extends Broken {
  override lease(root: PartName | null, untilMs: number): SnapshotLease {
    return { ...super.lease(root, untilMs), release: () => {} };
  }
}

class ForgetsRootless extends Broken {
  override lease(root: PartName | null, untilMs: number): SnapshotLease {
    return super.lease(root, root === null ? 0 : untilMs);
  }
}

class TellsAtOnce extends Broken {
  override put(parts: ReadonlyMap<PartName, Uint8Array>, done: StoreCallback): void {
    super.put(parts, () => {});
    done(null);
  }
}

class TellsTooEarly extends Broken {
  override commit(manifest: Manifest, done: StoreCallback): void {
    super.commit(manifest, () => {});
    this.later(() => done(null));
  }
}

class UndoesDrops extends Broken {
  override drop(_anchor: Cursor, done: StoreCallback): void {
    this.later(() => done(null));
  }
}

class GoesOnAfterClose extends Broken {
  override close(done: StoreCallback): void {
    this.later(() => done(null));
  }
}

describe('the suite of snapshot stores', () => {
  const failure = async (make: Make, id: string, abilities = ABILITIES): Promise<string | null> => {
    const cases = snapshotStoreSuite(inMemory(make, abilities), { seeds: 10 });
    const [failed] = await failuresOf(cases.filter((each) => each.id === `snapshot-store/${id}`));
    return failed === undefined ? null : String(failed.error);
  };

  it.each<
    [string, new (...given: ConstructorParameters<typeof MemorySnapshotStore>) => SnapshotStore, string]
  >([
    ['gives damaged parts', GivesDamaged, 'damage'],
    ['gives its own bytes away', GivesItsOwn, 'own-copies'],
    ['believes any name', BelievesNames, 'put-misnamed'],
    ['commits what is not whole', CommitsAnything, 'commit-whole'],
    ['keeps the old word of a checkpoint', KeepsTheOldWord, 'commit'],
    ['never collects', NeverCollects, 'drop'],
    ['does not mind leases', IgnoresLeases, 'lease'],
    ['does not mind that leases are released', IgnoresReleases, 'lease'],
    ['does not mind leases without a root', ForgetsRootless, 'lease-of-puts'],
    ['calls back within the call', TellsAtOnce, 'put-get'],
    ['tells of a commit before it lasts', TellsTooEarly, 'crash'],
    ['forgets to drop', UndoesDrops, 'drop'],
    ['goes on after it was closed', GoesOnAfterClose, 'closed'],
  ])('finds out a store that %s', async (_, store, id) => {
    const make: Make = (ports, data) =>
      new store({ ...ports, ...(data === undefined ? {} : { data }) }) as MemorySnapshotStore;
    expect(await failure(make, id)).toMatch(
      new RegExp(`^ComplianceError: snapshot-store/${id}, seed \\d+: `),
    );
  });

  it('finds out a store that loses what it kept, refuses nothing when it is full, and goes on after a failure', async () => {
    const forgetful: Make = (ports) => memory(ports, undefined);
    expect(await failure(forgetful, 'reopen')).toMatch(/snapshot-store\/reopen/);
    class Roomy extends Broken {
      override put(parts: ReadonlyMap<PartName, Uint8Array>, done: StoreCallback): void {
        this.capacity = Number.POSITIVE_INFINITY;
        super.put(parts, done);
      }

      override fail(): void {}
    }
    const roomy: Make = (ports, data) => new Roomy({ ...ports, ...(data === undefined ? {} : { data }) });
    expect(await failure(roomy, 'full')).toMatch(/a full store says/);
    expect(await failure(roomy, 'failure')).toMatch(/STORAGE_FAILED/);
    expect(await failure(memory, 'abilities', ['rots' as never])).toMatch(/unknown abilities: rots/);
  });

  it('finds out a store that two can open', async () => {
    const cases = snapshotStoreSuite(
      simulatedSnapshotStore({ open: async (ports) => memory(ports, undefined) }),
    );
    const [failed] = await failuresOf(cases.filter(({ id }) => id === 'snapshot-store/lock'));
    expect(String(failed?.error)).toMatch(/a second opening should fail/);
  });
});
