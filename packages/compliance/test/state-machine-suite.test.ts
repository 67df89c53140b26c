import { noopMachine } from '@smalti/core';
import { describe, expect, it } from 'vitest';
import { failuresOf, registerCases, type StateMachineFactory, stateMachineSuite } from '../src/index.ts';
import { datedShelves, type VersionBugs } from './dated-shelves.ts';
import type { Bugs } from './shelf-machine.ts';
import { ABILITIES, shelves } from './shelves.ts';

registerCases({ describe, it }, 'shelves', stateMachineSuite(shelves()));
registerCases({ describe, it }, 'shelves of two versions', stateMachineSuite(datedShelves()));

const nothing: StateMachineFactory<void, void, void> = {
  abilities: [],
  create: noopMachine,
  command: () => {},
  query: () => {},
};
registerCases({ describe, it }, 'the no-op machine', stateMachineSuite(nothing));

describe('the suite of state machines', () => {
  const failure = async (bugs: Bugs, id: string, abilities = ABILITIES): Promise<string | null> => {
    const cases = stateMachineSuite(shelves(bugs, abilities), { seeds: 3 });
    const [failed] = await failuresOf(cases.filter((each) => each.id === `state-machine/${id}`));
    return failed === undefined ? null : String(failed.error);
  };

  it.each<[string, Bugs, string]>([
    ['has chance of its own', { ownChance: true }, 'deterministic'],
    ['looks at the wall clock', { wallClock: true }, 'deterministic'],
    ['shares something with its like', { shared: true }, 'isolated'],
    ['leaks the order in which things came', { leaksOrder: true }, 'snapshot-order'],
    ['leaks it after an install', { leaksOrder: true }, 'snapshot-canonical'],
    ['changes something before it refuses', { changesOnReject: true }, 'rejects'],
    ['keeps the bytes of its commands', { keepsBytes: true }, 'own-copies'],
    ['is changed by queries', { countsQueries: true }, 'queries-change-nothing'],
    ['does otherwise in batches', { batchesStop: true }, 'batches'],
    ['reads whatever comes as a command', { readsAnything: true }, 'codecs-garbage'],
    ['throws what is no RejectCommand', { throwsAnyhow: true }, 'poison'],
    ['has snapshots that move', { snapshotsMove: true }, 'snapshot-held'],
    ['installs over what is there', { installsOver: true }, 'snapshot-install'],
    ['forgets a part of its state', { forgetsCount: true }, 'snapshot-install'],
  ])('finds out a machine that %s', async (_, bugs, id) => {
    expect(await failure(bugs, id)).toMatch(new RegExp(`^ComplianceError: state-machine/${id}, seed \\d: `));
  });

  it.each<[string, VersionBugs, string]>([
    ['does at once what is new', { actsAtOnce: true }, 'versions-alike'],
    ['writes items at once as is new', { writesAtOnce: true }, 'versions-alike'],
    ['misreads the items of older code', { misreadsOld: true }, 'versions-take-over'],
    ['is of another family than older code', { signature: 'other' }, 'versions-overlap'],
    ['knows nothing that older code does', { oldestVersion: 2 }, 'versions-overlap'],
  ])('finds out a machine of two versions that %s', async (_, bugs, id) => {
    const cases = stateMachineSuite(datedShelves(bugs), { seeds: 3 });
    const [failed] = await failuresOf(cases.filter((each) => each.id === `state-machine/${id}`));
    expect(String(failed?.error)).toMatch(new RegExp(`state-machine/${id}, seed \\d: `));
  });

  it('finds out versions that were not declared, or have nothing that they follow', async () => {
    const { older: _, ...alone } = datedShelves();
    const failures = await failuresOf(stateMachineSuite(alone, { seeds: 1 }));
    expect(failures.map(({ id }) => id)).toContain('state-machine/versions-alike');
    const hidden = stateMachineSuite({ ...datedShelves(), abilities: ABILITIES }, { seeds: 1 });
    const [failed] = await failuresOf(hidden.filter(({ id }) => id === 'state-machine/declared'));
    expect(String(failed?.error)).toMatch(/it has versions: declare it/);
  });

  it('finds out what was not declared, and what does not exist', async () => {
    expect(await failure({}, 'declared', ['rejects', 'batches'])).toMatch(/it has snapshot: declare it/);
    expect(await failure({}, 'declared', ['rejects', 'batches', 'snapshot', 'time'])).toMatch(
      /declares time/,
    );
    expect(await failure({}, 'undeclared-rejects', ['batches', 'snapshot'])).toMatch(/declare `rejects`/);
    expect(await failure({}, 'abilities', ['snapshots' as never])).toMatch(/unknown abilities: snapshots/);
  });

  it('puts the clocks back', async () => {
    const clock = Date;
    expect(await failure({}, 'deterministic')).toBeNull();
    expect(Date).toBe(clock);
  });
});
