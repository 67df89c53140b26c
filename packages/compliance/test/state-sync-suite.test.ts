import { describe, expect, it } from 'vitest';
import {
  failuresOf,
  registerCases,
  type StateSyncAbility,
  type StateSyncFactory,
  stateSyncSuite,
} from '../src/index.ts';
import { type Bugs, type PlainMessage, plainStrategy } from './plain-strategy.ts';

const ABILITIES: readonly StateSyncAbility[] = ['tolerant', 'asks-again', 'spares-leader', 'reports'];

function plain(bugs: Bugs = {}, abilities = ABILITIES): StateSyncFactory<PlainMessage> {
  return { abilities, create: () => plainStrategy(bugs), heldBytes: 64 * 1024 };
}

registerCases({ describe, it }, 'a plain strategy', stateSyncSuite(plain()));

describe('the suite of ways to catch up', () => {
  /** Runs a case, and gives why it failed, or null. */
  const failure = async (factory: StateSyncFactory<PlainMessage>, id: string): Promise<string | null> => {
    const cases = stateSyncSuite(factory).filter((each) => each.id === `state-sync/${id}`);
    expect(cases, id).toHaveLength(1);
    const [failed] = await failuresOf(cases);
    return failed === undefined ? null : String(failed.error);
  };

  it('has more than 40 cases, and each a name of its own', () => {
    const ids = stateSyncSuite(plain()).map(({ id }) => id);
    expect(ids.length).toBeGreaterThan(40);
    expect(new Set(ids).size).toBe(ids.length);
  });

  it.each<[string, Bugs, string, RegExp]>([
    ['asks each thing only once', { asksOnce: true }, 'first-lost', /not within/],
    ['believes any run', { believesAnyRun: true }, 'lie-first', /not within|have failed/],
    ['dies of the first damaged entry', { diesOfDamage: true }, 'lie-damaged-end', /have failed/],
    ['dies of garbage', { diesOfGarbage: true }, 'lie-garbage', /have failed/],
    ['never ends', { neverEnds: true }, 'gap', /./],
    ['says that it is done too early', { doneEarly: true }, 'gap', /it is done at \d+ .*and is not/],
    ['stalls when its provider dies', { loyal: true }, 'provider-gone-50', /./],
    ['fetches everything before it writes anything', { hoards: true }, 'bounded', /its bound is/],
    ['ignores its end', { ignoresClose: true }, 'ended-by-close', /heed its signal/],
    ['has chance of its own', { ownChance: true }, 'deterministic', /differ/],
    ['reports what goes back', { countsBackwards: true }, 'gap', /reports \d+ bytes after/],
    ['writes above the ceiling', { aboveCeiling: true }, 'ceiling', /asks for \d+, above/],
    ['reads whatever comes as a message', { readsAnything: true }, 'codec-garbage', /./],
    ['serves only who asks properly', { providerThrows: true }, 'pruned-everywhere', /threw at a message/],
    ['pesters its peers', { pesters: true }, 'again-and-again', /questions were sent/],
    [
      'waits for answers to what was never sent',
      { ignoresRefusals: true, asksOnce: true },
      'other-version',
      /not within/,
    ],
    ['fails and does not say why', { failsAnyhow: true }, 'deadline', /CANNOT_SYNC/],
    ['is another one each time', { changesItsName: true }, 'identity', /name, signature and versions/],
  ])('finds out a strategy that %s', async (_, bugs, id, why) => {
    expect(await failure(plain(bugs), id)).toMatch(why);
  });

  it('finds out abilities that do not exist, and reports that were not declared', async () => {
    const misspelt = ['tolerant', 'asks_again'] as never;
    expect(await failure(plain({}, misspelt), 'abilities')).toMatch(
      /unknown abilities: asks_again; there are/,
    );
    expect(await failure(plain({}, ['tolerant']), 'undeclared-reports')).toMatch(/declare `reports`/);
  });

  it('fails in the same way in every run', async () => {
    const run = (): Promise<string | null> => failure(plain({ loyal: true }), 'provider-gone-50');
    expect(await run()).toBe(await run());
  });
});
