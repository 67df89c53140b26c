import { SmaltiError, type StateSync } from '@smalti/core';
import { type AnyStrategy, type ChildMessage, childCodec, type Machine } from './child.ts';
import { AutoSyncProvider } from './provider.ts';
import { AutoSyncSession } from './session.ts';

/** What can be tuned. Nobody's identity: nodes of a group may differ. */
export interface AutoSyncOptions {
  /**
   * What this node's own sessions follow: the way that costs the fewest bytes, or the first one that can be followed at
   * all. Default `cheapest`.
   */
  readonly choose?: 'cheapest' | 'first';
}

/**
 * One way to catch up that is made of others, and chooses by what each would cost. Every node serves all of them. It
 * counts as one strategy: nodes that compose others, or the same ones under other signatures, are another group.
 *
 * @param strategies the preferred one first, where costs are alike: that is nobody's identity.
 * @throws SmaltiError `BAD_OPTION` for no strategies, more than 16, or two of one name; or an unknown choice.
 */
export function autoSync(
  strategies: readonly AnyStrategy[],
  { choose = 'cheapest' }: AutoSyncOptions = {},
): StateSync<Machine, ChildMessage> {
  if (choose !== 'cheapest' && choose !== 'first') {
    throw new SmaltiError(
      'BAD_OPTION',
      `autoSync: choose is ${String(choose)}, and must be cheapest or first`,
    );
  }
  const names = strategies.map(({ name }) => name);
  if (strategies.length === 0 || strategies.length > 16 || new Set(names).size < names.length) {
    throw new SmaltiError(
      'BAD_OPTION',
      `autoSync needs 1 to 16 strategies of different names, not ${names.join(', ')}`,
    );
  }
  const sorted = [...strategies].sort((a, b) => (a.name < b.name ? -1 : 1));
  const order = strategies.map((strategy) => sorted.indexOf(strategy));
  return {
    descriptor: {
      name: '@smalti/auto-sync',
      version: '0.1.0',
      contract: 'state-sync',
      contractVersion: 1,
    },
    name: 'auto-sync',
    wireVersions: {
      min: Math.max(...sorted.map(({ wireVersions }) => wireVersions.min)),
      max: Math.max(...sorted.map(({ wireVersions }) => wireVersions.max)),
    },
    signature: `smalti/auto-sync/1(${sorted.map(({ signature }) => signature).join(' ')})`,
    messages: (version) => childCodec(sorted, version),
    createProvider: (context) => new AutoSyncProvider(sorted, context),
    createSession: (context, position, leaderCommit, entries) =>
      new AutoSyncSession({ strategies: sorted, order, choose, position, leaderCommit, entries }, context),
  };
}
