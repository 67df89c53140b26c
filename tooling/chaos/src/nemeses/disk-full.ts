import { flood } from '../load/flood.ts';
import { type Nemesis, victims } from './nemesis.ts';

/** What a node says of it in its log. */
const NOTICED = 'the disk is full';
/** What was allocated before can still be written: two segments of 16 MiB at most. */
const FLOOD_MS = 30_000;

/** The file system of a node is full. It has to refuse what it cannot write, lead no more, and go on later. */
export const diskFull: Nemesis = {
  async inject(field, { variant, picks }) {
    const [wanted] = await victims(field, variant, picks);
    const victim = wanted?.tmpfs ? wanted : field.subjects.find(({ tmpfs }) => tmpfs !== null);
    const tmpfs = victim?.tmpfs;
    if (victim === undefined || !tmpfs) throw new Error('no node has a file system of its own');
    const before = victim.said.length;
    tmpfs.fill();
    try {
      await flood(
        `${victim.id} finds its disk full`,
        field.subjects,
        () => victim.said.slice(before).includes(NOTICED),
        FLOOD_MS,
      );
    } catch (error) {
      field.faults.push(`the disk of ${victim.id} was filled: ${(error as Error).message}`);
    }
    return { what: `filled the disk of ${victim.id}`, heal: () => tmpfs.free() };
  },
};
