import { SimRandom } from '@smalti/simulator';
import type { Subject } from '../field/subject.ts';
import { lastBatch, newest, readBytes, SECTOR_BYTES, walFiles, writeBytes } from '../machine/wal-files.ts';
import { type Nemesis, victims } from './nemesis.ts';

/**
 * kill -9 in the middle of a write that reached the disk in part, or as something else. Only what follows the last
 * batch is touched, since that batch may have been acknowledged; but for one variant, in which that batch itself is
 * rotten: then the node must not forget that it may have promised something. In each case it has to start again.
 */
export const tornTail: Nemesis = {
  async inject(field, { variant, picks }) {
    // Whoever leads writes most; and one whose vote was in doubt must not lose another batch before that is over.
    const [victim] = await victims(field, (picks[0] ?? 0) < 0.5 ? 'leader' : 'follower', picks.slice(1));
    if (victim === undefined) throw new Error('there is a node');
    await victim.kill();
    const random = new SimRandom(`tail ${picks.join(' ')}`);
    const what = tear(victim, variant, random);
    return { what: `killed ${victim.id} and ${what}`, heal: () => victim.restart() };
  },
};

/** Says what was done. */
function tear(victim: Subject, variant: string, random: SimRandom): string {
  const { last, next } = newest(walFiles(victim.node.place.data));
  const first = lastBatch(last);
  if (first === null) return `found the end of ${last.name} torn already`;
  const room = last.sectors - last.end;
  const count = 2 + random.below(6);
  const end = last.end * SECTOR_BYTES;
  if (variant === 'rotten batch') {
    const sector = first + random.below(last.end - first);
    writeBytes(last, sector * SECTOR_BYTES + 8 + random.below(492), random.bytes(8));
    return `made the last batch of ${last.name} rotten, in sector ${sector}`;
  }
  if (variant === 'next segment' && next !== null) {
    writeBytes(next, 0, random.bytes(count * SECTOR_BYTES));
    return `left garbage at the beginning of ${next.name}, which was not begun`;
  }
  if (room < count + 1) return `found ${last.name} full`;
  if (variant === 'stale') {
    const from = Math.max(0, first - count);
    writeBytes(last, end, readBytes(last, from * SECTOR_BYTES, Math.min(count, first) * SECTOR_BYTES));
    return `repeated earlier sectors behind the end of ${last.name}`;
  }
  writeBytes(last, end, random.bytes(SECTOR_BYTES));
  // One sector between was never written.
  const gap = variant === 'hole' ? 1 : 0;
  writeBytes(last, end + (1 + gap) * SECTOR_BYTES, random.bytes((count - 1 - gap) * SECTOR_BYTES));
  return `left ${gap === 0 ? '' : 'half-written '}garbage behind the end of ${last.name}`;
}
