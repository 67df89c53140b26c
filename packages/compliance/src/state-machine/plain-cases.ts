import { type AnyStateMachine, checkDescriptor, isSnapshotStateMachine, versionsOf } from '@smalti/core';
import { SimRandom } from '@smalti/simulator';
import { damaged, readsOrThrows, refusesChance, roundTrips } from '../suite/codec-checks.ts';
import { check, same } from '../suite/expect.ts';
import type { MachineCase } from './case-list.ts';
import { elsewhere } from './elsewhere.ts';
import { historyOf } from './history.ts';
import { Replica } from './replica.ts';
import { scramble } from './scramble.ts';

const LENGTH = 200;

function isOfVersions(machine: AnyStateMachine): boolean {
  const { oldest, newest } = versionsOf(machine);
  return oldest < newest;
}

/** What every machine has to be. */
export const plainCases: readonly MachineCase[] = [
  {
    id: 'descriptor',
    title: 'is a state machine of the version that this core speaks',
    run: (factory) => checkDescriptor(factory.create().descriptor, 'state-machine'),
  },
  {
    id: 'declared',
    title: 'has what is declared of it, and nothing else',
    run(factory) {
      const machine = factory.create();
      const has = {
        batches: machine.applyBatch !== undefined,
        time: machine.tick !== undefined || machine.nextDeadline !== undefined,
        snapshot: isSnapshotStateMachine(machine),
        versions: isOfVersions(machine),
      };
      for (const [ability, there] of Object.entries(has)) {
        const declared = factory.abilities.includes(ability as keyof typeof has);
        check(declared || !there, `it has ${ability}: declare it, so that it is tested`);
        check(there || !declared, `it declares ${ability}, and does not have it`);
      }
    },
  },
  {
    id: 'identity',
    title: 'says the same of itself each time it is made',
    run(factory) {
      const [one, other] = [factory.create(), factory.create()];
      check(one !== other, 'create gives a fresh machine each time');
      check(one.signature !== '', 'the signature is empty');
      same(one.signature, other.signature, 'the signature');
      same(versionsOf(one), versionsOf(other), 'the versions that it knows');
    },
  },
  {
    id: 'deterministic',
    title: 'does the same on every replica: no clock, chance, or order but that of the log',
    seeded: true,
    run(factory, seed) {
      const steps = historyOf(factory, seed, LENGTH);
      const here = new Replica(factory);
      const outcomes = here.run(steps);
      const seen = here.look(seed);
      elsewhere(() => {
        const there = new Replica(factory);
        for (const [i, outcome] of there.run(steps).entries()) {
          same(outcome, outcomes[i], `what became of entry ${i + 1} on another replica`);
        }
        same(there.look(seed), seen, 'what another replica shows');
      });
    },
  },
  {
    id: 'isolated',
    title: 'shares nothing with other machines of its process',
    seeded: true,
    run(factory, seed) {
      const steps = historyOf(factory, seed, LENGTH);
      const alone = new Replica(factory).run(steps);
      const [one, other] = [new Replica(factory), new Replica(factory)];
      const others = historyOf(factory, seed + 1000, LENGTH);
      for (const [i, step] of steps.entries()) {
        same(one.run([step]), [alone[i]], `what became of entry ${i + 1} beside another group’s machine`);
        other.run(others.slice(i, i + 1));
      }
    },
  },
  {
    id: 'rejects',
    title: 'changes nothing when it refuses a command',
    requires: ['rejects'],
    seeded: true,
    run(factory, seed) {
      const replica = new Replica(factory);
      let before = replica.look(seed);
      for (const step of historyOf(factory, seed, LENGTH)) {
        const { rejected } = replica;
        if (step.context.version !== replica.version) {
          // The same state may be shown in another way.
          replica.version = step.context.version;
          before = replica.look(seed);
        }
        replica.run([step]);
        const after = replica.look(seed);
        if (replica.rejected > rejected) {
          same(after, before, `what it shows after it has refused entry ${step.context.at.index}`);
        }
        before = after;
      }
      check(replica.rejected > 0, 'none of its commands was refused: let the factory draw some that are');
    },
  },
  {
    id: 'undeclared-rejects',
    title: 'declares that it refuses commands, if it does',
    run(factory) {
      const replica = new Replica(factory);
      replica.run(historyOf(factory, 1, LENGTH));
      const declared = factory.abilities.includes('rejects');
      check(declared || replica.rejected === 0, 'it has refused a command: declare `rejects`');
    },
  },
  {
    id: 'own-copies',
    title: 'keeps no hold of the commands that it is given and of the results that it gives',
    seeded: true,
    run(factory, seed) {
      const steps = historyOf(factory, seed, LENGTH);
      const [kept, changed] = [new Replica(factory), new Replica(factory)];
      const outcomes = kept.run(steps);
      const others = changed.run(steps, (command, result) => {
        scramble(command);
        scramble(result);
      });
      for (const [i, outcome] of others.entries()) {
        same(
          outcome,
          outcomes[i],
          `what became of entry ${i + 1} after earlier commands and results were changed`,
        );
      }
      same(changed.look(seed), kept.look(seed), 'what it shows after commands and results were changed');
    },
  },
  {
    id: 'queries-change-nothing',
    title: 'answers queries without changing anything, and twice the same',
    seeded: true,
    run(factory, seed) {
      const steps = historyOf(factory, seed, LENGTH);
      const [asked, other] = [new Replica(factory), new Replica(factory)];
      for (const [i, step] of steps.entries()) {
        const first = i % 20 === 0 ? asked.look(seed) : null;
        if (first !== null) same(asked.look(seed), first, 'a query, asked again');
        same(asked.run([step]), other.run([step]), `entry ${i + 1}, among queries and without them`);
      }
      same(asked.look(seed), other.look(seed), 'what is shown, after queries and without them');
    },
  },
  {
    id: 'batches',
    title: 'does the same with batches, wherever they end',
    requires: ['batches'],
    seeded: true,
    run(factory, seed) {
      const steps = historyOf(factory, seed, LENGTH);
      const single = new Replica(factory);
      const outcomes = single.run(steps);
      for (const most of [1, 3, 50]) {
        const batched = new Replica(factory);
        const random = new SimRandom(`batches ${seed} ${most}`);
        same(batched.runInBatches(steps, most, random), outcomes, `what became of batches of up to ${most}`);
        same(batched.look(seed), single.look(seed), `what it shows after batches of up to ${most}`);
      }
    },
  },
  {
    id: 'deadlines',
    title: 'names deadlines that are times or null, and no other if it is asked again',
    requires: ['time'],
    seeded: true,
    run(factory, seed) {
      const replica = new Replica(factory);
      for (const step of historyOf(factory, seed, LENGTH)) {
        replica.run([step]);
        const deadline = replica.machine.nextDeadline?.() ?? null;
        check(deadline === null || Number.isFinite(deadline), `its next deadline is ${deadline}`);
        same(replica.machine.nextDeadline?.() ?? null, deadline, 'the deadline, asked again');
      }
    },
  },
  {
    id: 'codecs',
    title: 'reads what it wrote: commands, queries and results',
    seeded: true,
    run(factory, seed) {
      const random = new SimRandom(`codecs ${seed}`);
      const replica = new Replica(factory);
      const { commands, queries, results } = replica.machine;
      for (let i = 0; i < 100; i++) {
        roundTrips(commands, commands.encode(factory.command(random)), 'a command');
        roundTrips(queries, queries.encode(factory.query(random)), 'a query');
      }
      replica.run(historyOf(factory, seed, LENGTH), (_, result) => {
        roundTrips(results, results.encode(result as never), 'a result');
      });
    },
  },
  {
    id: 'codecs-garbage',
    title: 'throws at bytes that it did not write, or reads a proper command or query (H31)',
    seeded: true,
    run(factory, seed) {
      const random = new SimRandom(`garbage ${seed}`);
      const { commands, queries } = factory.create();
      for (let i = 0; i < 20; i++) {
        const command = commands.encode(factory.command(random));
        for (const worse of damaged(command, random)) readsOrThrows(commands, worse);
        const query = queries.encode(factory.query(random));
        for (const worse of damaged(query, random)) readsOrThrows(queries, worse);
      }
      refusesChance(commands, random);
    },
  },
  {
    id: 'poison',
    title: 'applies whatever its codec lets through, or refuses it: it never stops (H31)',
    seeded: true,
    run(factory, seed) {
      const random = new SimRandom(`poison ${seed}`);
      const replica = new Replica(factory);
      for (const step of historyOf(factory, seed, 60)) {
        replica.run([step]);
        for (const worse of step.command === null ? [] : damaged(step.command, random)) {
          try {
            replica.machine.commands.decode(worse);
          } catch {
            continue;
          }
          replica.run([{ ...step, command: worse }]);
        }
      }
    },
  },
];
