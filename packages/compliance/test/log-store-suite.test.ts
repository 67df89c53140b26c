import { describe, expect, it } from 'vitest';
import {
  failuresOf,
  type LogStoreFactory,
  logStoreSuite,
  registerCases,
  type SimulatedLogStore,
  simulatedLogStore,
} from '../src/index.ts';
import { type Bugs, openJournal } from './journal-store.ts';

const journal = (bugs: Bugs = {}, more: Partial<SimulatedLogStore> = {}): LogStoreFactory =>
  simulatedLogStore({ open: (ports, node) => openJournal(ports, node, bugs), ...more });

registerCases({ describe, it }, 'a journal', logStoreSuite(journal()));
registerCases(
  { describe, it },
  'a journal on a disk that tears sectors',
  logStoreSuite(journal({}, { tornSectors: true }), { seeds: 10 }),
);

describe('the suite of log stores', () => {
  const found = async (factory: LogStoreFactory): Promise<readonly string[]> =>
    (await failuresOf(logStoreSuite(factory, { seeds: 10 }))).map(({ id }) => id);

  it.each<[string, Bugs, string]>([
    ['acknowledges before it is durable', { acknowledgesEarly: true }, 'crash-completed'],
    ['never syncs', { skipsSync: true }, 'crash-completed'],
    ['forgets truncations when it recovers', { forgetsTruncation: true }, 'crash-truncated'],
    ['reorders callbacks', { reordersCallbacks: true }, 'ordered-completions'],
    ['drops the suffix in a reset (H36)', { resetDropsSuffix: true }, 'reset-keeps-suffix'],
    ['forgets votes (H5)', { forgetsVotes: true }, 'crash-vote'],
    ['believes torn records', { believesTornRecords: true }, 'crash-anywhere'],
    ['keeps what it refused', { keepsWhatWasRefused: true }, 'full'],
  ])('finds out a store that %s', async (_, bugs, id) => {
    expect(await found(journal(bugs))).toContain(`log-store/${id}`);
  });

  it('finds out a disk that lies about syncs', async () => {
    expect(await found(journal({}, { disk: { ignoreSync: true } }))).toContain('log-store/crash-completed');
  });

  it('skips cases of abilities that are not declared', () => {
    const cases = logStoreSuite(journal({}, { abilities: ['reopen'] }));
    expect(cases.filter(({ missing }) => missing.length > 0).map(({ id }) => id)).toContain(
      'log-store/crash-vote',
    );
    const titles: string[] = [];
    const record = (kind: string) => (title: string) => titles.push(`${kind}: ${title}`);
    const runner = {
      describe: (_: string, body: () => void) => body(),
      it: Object.assign(record('run'), { skip: record('skip') }),
    };
    registerCases(runner, 'x', cases);
    expect(titles).toHaveLength(cases.length);
    expect(titles.filter((title) => title.startsWith('skip')).join()).toContain('(not declared: crash)');
  });

  it('finds out abilities that do not exist, and durability that nobody could test', async () => {
    expect(await found(journal({}, { abilities: ['reopn' as never] }))).toContain('log-store/abilities');
    expect(await found(journal({}, { abilities: ['reopen'] }))).toContain('log-store/durable');
  });

  it('asks a harness for nothing that was not declared', async () => {
    const asked: string[] = [];
    const shy: LogStoreFactory = {
      abilities: [],
      create: async (seed) =>
        new Proxy(await journal().create(seed), {
          get(target, name) {
            asked.push(String(name));
            return Reflect.get(target, name, target);
          },
        }),
    };
    expect(await found(shy)).toEqual(['log-store/durable']);
    expect(asked).toContain('open');
    for (const name of ['crash', 'fill', 'free', 'breakDown']) expect(asked).not.toContain(name);
  });

  it('fails in the same way for the same seed', async () => {
    const failure = async (): Promise<string> => {
      const [failed] = await failuresOf(
        logStoreSuite(journal({ skipsSync: true }), { seeds: 3 }).filter(({ id }) =>
          id.endsWith('crash-anywhere'),
        ),
      );
      return String(failed?.error);
    };
    expect(await failure()).toBe(await failure());
  });
});
