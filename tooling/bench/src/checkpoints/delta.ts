/**
 * `node src/checkpoints/delta.ts [keys] [valueBytes]`: how much of a checkpoint a node fetches that has the one before,
 * when 1 % of the keys have changed: keys that lie together, and keys that are spread evenly.
 */
import { KEY_BYTES } from './filled-machine.ts';
import { Peers, print } from './peers.ts';

const [keys = 1_000_000, valueBytes = 100 - KEY_BYTES] = process.argv.slice(2).map(Number);
const SHARE = 100;

const peers = await Peers.start(3);
try {
  const leader = await peers.leader();
  await leader.ask('fill', 0, keys, 1, valueBytes, 1);
  const bytes = await peers.checkpoint();
  const newcomer = await peers.join('n9');
  await newcomer.up;
  await peers.caughtUp(newcomer);
  const full = (await newcomer.ask('status')).counts.received;
  const mb = (value: number): string => (value / 1e6).toFixed(2);
  print(`${keys} keys of ${KEY_BYTES + valueBytes} B, a checkpoint of ${mb(bytes)} MB`);
  print(`  all of it: ${mb(full)} MB received`);
  let node = newcomer;
  let version = 1;
  for (const [name, first, step] of [
    ['together', Math.floor(keys / 2), 1],
    ['spread', 0, SHARE],
  ] as const) {
    await node.kill();
    peers.leave(node);
    version += 1;
    await leader.ask('fill', first, Math.floor(keys / SHARE), step, valueBytes, version);
    await peers.checkpoint();
    node = peers.again(node);
    await node.up;
    const ms = await peers.caughtUp(node);
    const { counts, keys: found } = await node.ask('status');
    if (found !== keys) throw new Error(`it has ${found} keys`);
    const share = ((100 * counts.received) / full).toFixed(2);
    print(
      `  1 % changed, ${name}: ${mb(counts.received)} MB received, ${share} % of all (${Math.round(ms)} ms)`,
    );
  }
} finally {
  await peers.close();
}
