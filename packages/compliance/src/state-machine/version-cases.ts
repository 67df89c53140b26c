import { versionsOf } from '@smalti/core';
import { SimRandom } from '@smalti/simulator';
import { check, same } from '../suite/expect.ts';
import type { AnyMachineFactory, MachineCase } from './case-list.ts';
import { historyOf, type Step } from './history.ts';
import { Replica, showItem } from './replica.ts';
import { built } from './snapshot-cases.ts';

const LENGTH = 200;

/** A factory of the older code, of which states are compared by the same queries. */
function olderOf(factory: AnyMachineFactory): AnyMachineFactory {
  check(factory.older !== undefined, 'it declares `versions`, and has no `older` to compare it with');
  return { ...factory, ...factory.older };
}

/** A log of what the older code writes, at the newest version that it knows. */
function oldLog(older: AnyMachineFactory, seed: number): Step[] {
  const { newest: version } = versionsOf(older.create());
  return historyOf(older, seed, LENGTH).map(({ command, context }) => ({
    command,
    context: { ...context, version },
  }));
}

/** The same steps, after the raise of the version that all replicas find at the same place. */
function raised(steps: readonly Step[], version: number): Step[] {
  return steps.map(({ command, context }) => ({ command, context: { ...context, version } }));
}

/** Machines whose code changes while their groups go on. */
export const versionCases: readonly MachineCase[] = [
  {
    id: 'versions-overlap',
    title: 'follows older code of the same machine, and knows a newer version besides',
    requires: ['versions'],
    run(factory) {
      const [machine, old] = [factory.create(), olderOf(factory).create()];
      const [here, there] = [versionsOf(machine), versionsOf(old)];
      same(machine.signature, old.signature, 'the signature of older code');
      check(here.newest > there.newest, `it knows ${here.newest}, and older code ${there.newest}`);
      check(
        here.oldest <= there.newest,
        `it knows ${here.oldest} at least, and older code ${there.newest} at most: they cannot work together`,
      );
    },
  },
  {
    id: 'versions-alike',
    title: 'does what older code does for as long as that code\u2019s version is in force',
    requires: ['versions'],
    seeded: true,
    run(factory, seed) {
      const older = olderOf(factory);
      const [old, young] = [new Replica(older), new Replica(factory)];
      for (const [i, step] of oldLog(older, seed).entries()) {
        same(young.run([step]), old.run([step]), `what becomes of entry ${i + 1}, by older code and by this`);
        if (i % 20 === 19) {
          same(
            young.look(seed),
            old.look(seed),
            `what is shown after entry ${i + 1}, by older code and by this`,
          );
        }
      }
    },
  },
  {
    id: 'versions-take-over',
    title: 'goes on from what older code has left, and from its own past, in the same way',
    requires: ['versions', 'snapshot'],
    seeded: true,
    run(factory, seed) {
      const older = olderOf(factory);
      const steps = oldLog(older, seed);
      const [old, long, joiner] = [new Replica(older), new Replica(factory), new Replica(factory)];
      const half = steps.slice(0, LENGTH / 2);
      old.run(half);
      long.run(half);
      const random = new SimRandom(`take over ${seed}`);
      joiner.install(built(joiner, old.version, old.items(), random), old.version);
      const rest = raised(steps.slice(LENGTH / 2), versionsOf(long.machine).newest);
      same(joiner.run(rest), long.run(rest), 'what becomes of entries after the newest version is in force');
      same(joiner.items().map(showItem), long.items().map(showItem), 'the items after them');
      same(joiner.look(seed), long.look(seed), 'what is shown after them');
    },
  },
];
