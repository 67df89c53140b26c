/**
 * `node src/catch-up/main.ts [entries] [bytes] [rounds]`: how fast a member that was paused gets what it lacks by the
 * log, beside etcd in the same run. Whoever is first in a round is last in the next.
 */
import { catchUp } from './contender.ts';
import { startEtcd } from './etcd.ts';
import { startSmalti } from './smalti.ts';

const [count = 300_000, bytes = 128, rounds = 3] = process.argv.slice(2).map(Number);
const contenders = [() => startSmalti(1), () => startSmalti(2), startEtcd];
const figures = new Map<string, number[]>();
for (let round = 0; round < rounds; round++) {
  for (const start of round % 2 === 0 ? contenders : [...contenders].reverse()) {
    const contender = await start();
    try {
      const ms = await catchUp(contender, count, bytes);
      const perSecond = Math.round((count * 1000) / ms);
      figures.set(contender.name, [...(figures.get(contender.name) ?? []), perSecond]);
      process.stdout.write(`${contender.name}: ${perSecond} entries/s (${Math.round(ms)} ms)\n`);
      const how = await contender.how();
      if (how !== null) process.stdout.write(`  ${how}\n`);
    } finally {
      await contender.close();
    }
  }
}
const median = (values: readonly number[]): number =>
  [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
const peer = median(figures.get('etcd') ?? []);
process.stdout.write(`medians of ${rounds}, ${count} entries of ${bytes} B:\n`);
for (const [name, values] of figures) {
  const ratio = (median(values) / peer).toFixed(2);
  process.stdout.write(`  ${name}: ${median(values)} entries/s, ${ratio} of etcd's\n`);
}
