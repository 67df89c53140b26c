import type { DiskOperationKind, SimRandom } from '@smalti/simulator';
import { drawTarget, type Fault, nothing, type Particulars, targetOf } from './fault.ts';

function failing(name: string, kinds: readonly DiskOperationKind[], most: number): Fault {
  return {
    name,
    weight: 0.7,
    draw: (random: SimRandom, nodes: readonly string[]): Particulars => ({
      target: drawTarget(random, nodes),
      kind: random.pick(kinds),
      after: random.below(most),
    }),
    strike: (world, particulars) => {
      const member = targetOf(world, particulars);
      const { kind, after } = particulars;
      member.excused = true;
      // A part that cannot be read is one that the store does not have any more.
      if (kind === 'read') world.truth.checkpoints.rotten.add(member.id);
      member.sim.disk.fail({ kind: kind as DiskOperationKind, after: Number(after) });
      return nothing;
    },
  };
}

/** A write is cut short, or fails: some of its sectors are there. */
export const shortWrite = failing('short write', ['write'], 20);
/** A sync fails: what it covered is in the cache and never on the disk. */
export const failedSync = failing('failed sync', ['sync'], 20);
/** Something else that a store asks of its disk fails. */
export const ioError = failing(
  'I/O error',
  ['read', 'allocate', 'create', 'syncDirectory', 'rename', 'unlink'],
  2,
);
