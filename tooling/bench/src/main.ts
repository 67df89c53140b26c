/** `node src/main.ts [wal|memory] [ws|memory] [bytes]`: three nodes in one process, commands and strong reads. */
import { startCluster } from './cluster.ts';
import { load } from './load.ts';

const [storage = 'wal', carrier = 'ws', size = '128'] = process.argv.slice(2);
if ((storage !== 'wal' && storage !== 'memory') || (carrier !== 'ws' && carrier !== 'memory')) {
  process.stderr.write('usage: main.ts [wal|memory] [ws|memory] [bytes]\n');
  process.exit(2);
}
const bytes = Number(size);
const cluster = await startCluster(storage, carrier);
process.stdout.write(`three nodes in one process, ${storage}, ${carrier}, ${bytes} B\n`);
for (const [name, group, kind] of [
  ['execute on the leader', cluster.leader, 'execute'],
  ['execute on a follower', cluster.follower, 'execute'],
  ['strong read on the leader', cluster.leader, 'read'],
  ['strong read on a follower', cluster.follower, 'read'],
] as const) {
  for (const inflight of [1, 64, 256, 1024]) {
    const { perSecond, p50, p99 } = await load(group, kind, inflight, bytes, 2_000);
    const figures = `${perSecond} op/s, p50 ${p50.toFixed(2)} ms, p99 ${p99.toFixed(2)} ms`;
    process.stdout.write(`  ${name}, ${inflight} in flight: ${figures}\n`);
  }
}
await cluster.close();
