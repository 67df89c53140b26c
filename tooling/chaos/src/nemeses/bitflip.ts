import { until } from '@smalti/cluster-tests/processes';
import { reasonOf } from '../field/exits.ts';
import type { Field } from '../field/field.ts';
import type { Subject } from '../field/subject.ts';
import { writable } from '../field/writable.ts';
import { flipBit, newest, SECTOR_BYTES, type WalFile, walFiles } from '../machine/wal-files.ts';
import { type Nemesis, pick, victims } from './nemesis.ts';

const REFUSES_WITHIN_MS = 20_000;
const GOES_ON_WITHIN_MS = 10_000;
/** The place that is named is the beginning of what the bit belongs to: a batch has no more bytes. */
const BATCH_BYTES = 9 * 1024 * 1024;

/**
 * A bit turns over in a segment that is closed, while the node is down. The node has to refuse to start, and say in
 * which file and where; the others have to go on. Then the bit is turned back.
 */
export const bitflip: Nemesis = {
  async inject(field, { variant, picks }) {
    const [victim] = await victims(field, variant, picks);
    if (victim === undefined) throw new Error('there is a node');
    await victim.kill();
    const files = walFiles(victim.node.place.data);
    const { last } = newest(files);
    const closed = files.filter(({ name, end }) => name < last.name && end > 0);
    if (closed.length === 0) throw new Error(`the log of ${victim.id} has no closed segment yet`);
    const file = pick(closed, picks[1]);
    // What is behind a tail that was cut belongs to nothing: the first half is never that.
    const at = Math.floor((picks[2] ?? 0) * (file.end / 2) * SECTOR_BYTES);
    const bit = Math.floor((picks[3] ?? 0) * 8);
    flipBit(file, at, bit);
    victim.launch(true);
    await refuses(field, victim, file, at);
    await goesOn(field, victim);
    return {
      what: `turned bit ${bit} of byte ${at} of ${file.name} of ${victim.id}`,
      heal: async () => {
        await victim.kill();
        flipBit(file, at, bit);
        await victim.restart();
      },
    };
  },
};

async function refuses(field: Field, victim: Subject, file: WalFile, at: number): Promise<void> {
  const where = `${victim.id} with a wrong bit in ${file.name}, byte ${at}`;
  try {
    await until(`${where} ends`, () => !victim.node.alive, REFUSES_WITHIN_MS);
  } catch (error) {
    field.faults.push((error as Error).message);
    return;
  }
  const { code } = await victim.node.ended;
  const fault = refusalFault(reasonOf(victim.said), code, file.name, at);
  if (fault !== null) field.faults.push(`${where}: ${fault}`);
}

/** What is wrong with how a node refused to start, or null. */
export function refusalFault(
  reason: string | null,
  code: number | null,
  file: string,
  at: number,
): string | null {
  if (reason === null) return `it ended with ${code} and did not say why`;
  if (code !== 1) return `it ended with ${code}: ${reason}`;
  const [, named, byte] = /^smalti: STORAGE_CORRUPT \S*\/(\S+), byte (\d+): /.exec(reason) ?? [];
  if (named === undefined) return `it named no file and no place: ${reason}`;
  const offset = Number(byte);
  if (named !== file || offset > at || offset + BATCH_BYTES < at) return `it named another place: ${reason}`;
  return null;
}

async function goesOn(field: Field, victim: Subject): Promise<void> {
  const others = field.subjects.filter((subject) => subject !== victim);
  const took = await writable(others, GOES_ON_WITHIN_MS);
  if (took === null) {
    field.faults.push(`no write within ${GOES_ON_WITHIN_MS} ms while ${victim.id} refuses to start`);
  }
}
