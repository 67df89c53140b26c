import { expect, it } from 'vitest';
import { bulk, items, type KvCluster, type KvMember } from '../../src/kv-cluster.ts';
import { frozen } from '../../src/kv-rows.ts';

/** Logs are looked at every five seconds while something may be cut from them. A lease lasts for a minute. */
const SOON_MS = 6_000;

/** A commit to the reader's store that waits, as on a disk that hangs: its session installs until that is done. */
interface Held {
  readonly cluster: KvCluster;
  readonly reader: KvMember;
  /** Lets it go on. */
  end(): void;
}

/** All voters have two checkpoints more than the one that a reader is about to install, and keep the log after that. */
async function installing(): Promise<Held & { readonly index: number }> {
  const cluster = await frozen(bulk(items(2_000)));
  const { sim, ids } = cluster;
  const { checkpoints } = cluster.member('n1').group;
  const index = checkpoints.list().at(-1)?.anchor.index ?? 0;
  const reader = await cluster.reader('r1');
  const store = cluster.store('r1');
  const commit = store.commit.bind(store);
  const held: (() => void)[] = [];
  store.commit = (manifest, done) => {
    held.push(() => commit(manifest, done));
  };
  expect(await sim.runUntil(() => held.length > 0, 20_000), cluster.show()).toBe(true);
  for (const key of ['a', 'b']) {
    await cluster.each([{ op: 'del', keys: [key] }]);
    await sim.complete(checkpoints.take(), 60_000);
  }
  await sim.runFor(2 * SOON_MS);
  const firsts = ids.map((id) => cluster.member(id).group.status().log.first);
  expect(firsts, cluster.show()).toEqual(ids.map(() => index + 1));
  const end = (): void => {
    store.commit = commit;
    for (const go of held.splice(0)) go();
  };
  return { cluster, reader, end, index };
}

const ENDS: Readonly<Record<string, (held: Held) => void>> = {
  'is done': ({ end }) => end(),
  'is ended with its node': ({ reader }) => void reader.node.close(),
};

it.each(Object.keys(ENDS))(
  'H27: the log that voters keep for a session is given back as soon as that %s',
  async (how) => {
    const held = await installing();
    const { cluster, index } = held;
    ENDS[how]?.(held);
    const cut = (): boolean =>
      cluster.ids.every((id) => cluster.member(id).group.status().log.first > index + 1);
    expect(await cluster.sim.runUntil(cut, SOON_MS), cluster.show()).toBe(true);
  },
);
