import {
  type AnyStateMachine,
  type Index,
  joinFrames,
  type SyncProvider,
  type SyncProviderContext,
  toPeerId,
} from '@smalti/core';
import { logReplay } from '@smalti/log-replay';
import type { SyncTotals } from '@smalti/raft';
import { describe, expect, it } from 'vitest';
import { type MirrorMessage, mirror, mirrorCodec } from '../src/mirror.ts';
import { Cluster, type Strategy } from './cluster.ts';

/** A follower is down while more is written than its leader keeps in memory. */
async function lagging(sync: (id: string) => readonly Strategy[]) {
  const cluster = await Cluster.of(sync);
  const [laggard = '', source = ''] = cluster.followers;
  await cluster.write(20);
  await cluster.until(() => cluster.same());
  cluster.kill(laggard);
  // More than one run.
  await cluster.write(8_000);
  await cluster.boot(laggard);
  return { cluster, laggard, source };
}

function totalsOf(cluster: Cluster, id: string): SyncTotals {
  const sync = cluster.sync(id);
  if (sync === null) throw new Error(`${id} is blank`);
  return sync.totals;
}

type Pull = MirrorMessage & { readonly kind: 'pull' | 'nothing' };
type Context = SyncProviderContext<AnyStateMachine, MirrorMessage>;
type Serve = (pull: Pull, send: (answer: MirrorMessage) => void, cx: Context) => void;

/** The strategy, with a provider that answers otherwise: on every node, or on followers alone. */
function broken(where: 'everywhere' | 'followers', serve: Serve): Strategy {
  const strategy = mirror();
  const createProvider: Strategy['createProvider'] = (context) => {
    const provider: SyncProvider<AnyStateMachine, MirrorMessage> = strategy.createProvider(context);
    return {
      poll: (cx) => provider.poll?.(cx) ?? 'pending',
      receive(message: MirrorMessage, sender, cx) {
        if (message.kind !== 'pull' || (where === 'followers' && cx.isLeader())) {
          return provider.receive(message, sender, cx);
        }
        serve(message, (answer) => cx.sendTo(sender, answer), cx);
        return true;
      },
    };
  };
  return { ...strategy, createProvider };
}

/** Real entries, from `first` on, after something was done to their bytes. */
function real(first: (pull: Pull) => number, spoil: (frames: Uint8Array) => void): Serve {
  return (pull, send, cx) => {
    const from = first(pull) as Index;
    cx.log.read(from, pull.last as Index, 100_000, (_, entries) => {
      const frames = joinFrames(entries).slice();
      spoil(frames);
      send({ kind: 'run', nonce: pull.nonce, frames });
    });
  };
}

const noFrames = new Uint8Array();

describe('mirror', () => {
  it('copies what its leader has not in memory any more from the other follower', async () => {
    const { cluster, laggard, source } = await lagging(() => [mirror()]);
    await cluster.until(() => cluster.sync(laggard)?.session?.strategy === 'mirror');
    await cluster.until(() => cluster.same());
    const totals = totalsOf(cluster, laggard);
    expect(totals).toMatchObject({ sessions: 1, done: 1, failed: 0, dropped: 0 });
    expect(totals.entries).toBeGreaterThan(7_900);
    expect(totals.bySource).toEqual({ [source]: totals.entries });
  });

  it('goes on with another peer when the one that serves it dies', async () => {
    const { cluster, laggard, source } = await lagging(() => [mirror()]);
    await cluster.until(() => (cluster.sync(laggard)?.session?.progress?.bytesDone ?? 0) > 0);
    const { leader } = cluster;
    cluster.kill(source);
    await cluster.until(() => cluster.same());
    const totals = totalsOf(cluster, laggard);
    expect(totals).toMatchObject({ sessions: 1, done: 1, failed: 0 });
    expect(totals.bySource[toPeerId(source)]).toBeGreaterThan(0);
    expect(totals.bySource[toPeerId(leader)]).toBeGreaterThan(0);
    await cluster.boot(source);
    await cluster.until(() => cluster.same());
  });

  it('catches up under load', async () => {
    const { cluster, laggard } = await lagging(() => [mirror()]);
    for (let i = 0; i < 30; i++) await cluster.write(200);
    await cluster.until(() => cluster.same());
    expect(totalsOf(cluster, laggard)).toMatchObject({ failed: 0, bySource: expect.anything() });
  });

  it('leaves it to the next strategy when nobody serves it, and says why', async () => {
    const silent = broken('everywhere', () => {});
    const { cluster, laggard } = await lagging(() => [silent, logReplay()]);
    await cluster.until(() => cluster.sync(laggard)?.session?.strategy === 'log-replay');
    await cluster.until(() => cluster.same());
    expect(totalsOf(cluster, laggard)).toMatchObject({ sessions: 2, done: 1, failed: 1 });

    const alone = await lagging(() => [silent]);
    const failureOf = () => alone.cluster.sync(alone.laggard)?.failure ?? null;
    await alone.cluster.until(() => failureOf() !== null);
    const failure = failureOf();
    expect(failure).toMatchObject({ code: 'CANNOT_SYNC', strategy: 'mirror' });
    expect(failure?.message).toMatch(/no peer gave entries \d+ to \d+ \(/);
    expect(failure?.message).toContain(`${alone.source}: it did not answer within 1000 ms`);
  });

  it('is the second choice of one node and the first of another', async () => {
    const { cluster, laggard } = await lagging((id) =>
      id === 'n1' ? [mirror(), logReplay()] : [logReplay(), mirror()],
    );
    const first = laggard === 'n1' ? 'mirror' : 'log-replay';
    await cluster.until(() => cluster.sync(laggard)?.session?.strategy === first);
    await cluster.until(() => cluster.same());
    expect(totalsOf(cluster, laggard)).toMatchObject({ sessions: 1, done: 1 });
  });

  it.each<[string, Serve]>([
    ['has nothing', ({ nonce }, send) => send({ kind: 'nothing', nonce, first: 9, last: 8 })],
    ['sends no entries', ({ nonce }, send) => send({ kind: 'run', nonce, frames: noFrames })],
    [
      'sends what are no entries',
      ({ nonce }, send) => send({ kind: 'run', nonce, frames: new Uint8Array(99) }),
    ],
    [
      'answers another question',
      ({ nonce }, send) => send({ kind: 'run', nonce: nonce - 1, frames: noFrames }),
    ],
    [
      'sends entries that were not asked for',
      real(
        () => 2,
        () => {},
      ),
    ],
    [
      'leaves entries out',
      real(
        ({ first }) => first + 1,
        () => {},
      ),
    ],
    [
      'sends a damaged entry',
      real(
        ({ first }) => first,
        (frames) => frames.fill(7, -1),
      ),
    ],
  ])('asks another peer when one %s', async (_, serve) => {
    const { cluster, laggard } = await lagging(() => [broken('followers', serve)]);
    const { leader } = cluster;
    await cluster.until(() => cluster.same());
    const totals = totalsOf(cluster, laggard);
    expect(totals).toMatchObject({ sessions: 1, done: 1, failed: 0 });
    expect(totals.bySource).toEqual({ [leader]: totals.entries });
  });
});

describe('the codec of mirror', () => {
  const messages: readonly MirrorMessage[] = [
    { kind: 'pull', nonce: 2 ** 53 - 1, first: 1, last: 1000 },
    { kind: 'nothing', nonce: 0, first: 300, last: 299 },
    { kind: 'run', nonce: 7, frames: Uint8Array.of(1, 2, 3) },
  ];

  it('reads what it wrote', () => {
    for (const message of messages) expect(mirrorCodec.decode(mirrorCodec.encode(message))).toEqual(message);
  });

  it('throws on everything else', () => {
    const [pull = new Uint8Array()] = messages.map((message) => mirrorCodec.encode(message));
    for (let length = 0; length < pull.length; length++) {
      expect(() => mirrorCodec.decode(pull.subarray(0, length))).toThrow();
    }
    const others = [
      [...pull, 0],
      [0, ...pull.subarray(1)],
      [4, 1, 1, 1],
      [3, 1, 0, 5],
      [3, 1, 5, 3],
      [1, 0x80, 0],
    ];
    for (const bytes of others) expect(() => mirrorCodec.decode(Uint8Array.from(bytes))).toThrow();
  });
});
