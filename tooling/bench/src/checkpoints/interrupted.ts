/**
 * `node src/checkpoints/interrupted.ts [MB]`: how much is fetched in all when the node that fetches is killed at 10, 50 and
 * 90 % of the way, when one that serves is, and while the leader changes every five seconds.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { until } from '../catch-up/child.ts';
import { KEY_BYTES } from './filled-machine.ts';
import type { Peer } from './peer.ts';
import { PATIENCE_MS, Peers, print } from './peers.ts';

const [megabytes = 500] = process.argv.slice(2).map(Number);
const ITEM_BYTES = 1_000;
const POINTS = [0.1, 0.5, 0.9];
const LEADER_MS = 5_000;
/** Slow enough that the points are not missed, and that leaders change some times; but not for longer than that takes. */
const FETCH_SECONDS = 15;
const PROVIDERS = 3;
const SYNC = {
  servedBytesPerSecond: Math.max(8e6, Math.round((megabytes * 1e6) / FETCH_SECONDS / PROVIDERS)),
};

const keys = Math.round((megabytes * 1e6) / ITEM_BYTES);
const mb = (bytes: number): string => (bytes / 1e6).toFixed(2);

/** How far the fetching is, or 1 when it is over. */
async function share(peer: Peer, target: number): Promise<number> {
  const { session, applied } = await peer.ask('status');
  if (applied >= target) return 1;
  return session?.total == null ? 0 : session.done / session.total;
}

const started = performance.now();
const peers = await Peers.start(PROVIDERS, { sync: SYNC });
try {
  const leader = await peers.leader();
  await leader.ask('fill', 0, keys, 1, ITEM_BYTES - KEY_BYTES, 1);
  const bytes = await peers.checkpoint();
  const target = await leader.ask('applied');
  print(`${keys} keys of ${ITEM_BYTES} B, a checkpoint of ${mb(bytes)} MB, three providers`);
  const at = (peer: Peer, point: number): Promise<void> =>
    until(`${point} of it`, async () => (await share(peer, target)) >= point, 5, PATIENCE_MS);
  const tell = (what: string, received: number, from: number): void => {
    const more = `${mb(received - bytes)} MB more than the checkpoint (${((100 * received) / bytes).toFixed(2)} %)`;
    print(`  ${what}: ${mb(received)} MB received, ${more}, ${Math.round(performance.now() - from)} ms`);
  };
  const dismiss = async (peer: Peer): Promise<void> => {
    await peer.kill();
    peers.leave(peer);
  };

  /** A follower that serves it, as soon as there is one; none if it has all before. */
  const serving = async (peer: Peer): Promise<Peer | undefined> => {
    while ((await share(peer, target)) < 1) {
      const { session, leader } = await peer.ask('status');
      const busy = (session?.peers ?? []).filter((id) => id !== leader);
      const found = peers.members.find(({ options: { id } }) => busy.includes(id));
      if (found !== undefined) return found;
    }
    return undefined;
  };

  /** What the disturbances cost, beside a run without. */
  const cost = (count: number, received: number, plain: number): void => {
    if (count > 0) print(`    ${mb((received - plain) / count)} MB each more than undisturbed`);
  };

  const undisturbed = await peers.join('n9');
  let began = performance.now();
  await undisturbed.up;
  await at(undisturbed, 1);
  tell('undisturbed', undisturbed.received, began);
  await dismiss(undisturbed);

  let joiner = await peers.join('n8');
  let received = 0;
  began = performance.now();
  await joiner.up;
  for (const point of POINTS) {
    await at(joiner, point);
    await dismiss(joiner);
    received += joiner.received;
    joiner = peers.again(joiner);
    await joiner.up;
  }
  await at(joiner, 1);
  received += joiner.received;
  tell('the joiner killed at 10, 50 and 90 %', received, began);
  cost(POINTS.length, received, undisturbed.received);
  await dismiss(joiner);

  const patient = await peers.join('n7');
  began = performance.now();
  await patient.up;
  let kills = 0;
  for (const point of POINTS) {
    await at(patient, point);
    const victim = await serving(patient);
    if (victim === undefined) continue;
    await dismiss(victim);
    kills += 1;
    await sleep(1_000);
    await peers.again(victim).up;
  }
  await at(patient, 1);
  tell(`a provider killed ${kills} times, at 10, 50 and 90 %`, patient.received, began);
  cost(kills, patient.received, undisturbed.received);
  await dismiss(patient);

  const steady = await peers.join('n6');
  began = performance.now();
  await steady.up;
  let changes = 0;
  let next = performance.now() + LEADER_MS;
  while ((await share(steady, target)) < 1) {
    if (performance.now() >= next) {
      next += LEADER_MS;
      await (await peers.others(steady)).ask('transfer').then(
        () => (changes += 1),
        () => {},
      );
    }
    await sleep(20);
  }
  tell(`the leader changed ${changes} times`, steady.received, began);
  print(`  took ${Math.round((performance.now() - started) / 1000)} s`);
} finally {
  await peers.close();
}
