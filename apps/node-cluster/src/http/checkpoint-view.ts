import type { CheckpointStatus } from '@smalti/raft';
import type { KvLease } from '../service/index.ts';

/** What `/status` tells of checkpoints, and of what keeps their parts. Positions are indices. */
export function checkpointView(
  status: CheckpointStatus | null,
  leases: readonly KvLease[],
): Record<string, unknown> | null {
  if (status === null) return null;
  const { kept, open, cutting, waiting, ...rest } = status;
  return {
    kept: kept.map(({ anchor, ...manifest }) => ({ marker: anchor.index, ...manifest })),
    open: open === null ? null : { ...open, marker: open.marker.index },
    cutting: cutting === null ? null : { ...cutting, marker: cutting.marker.index },
    waiting: waiting?.index ?? null,
    leases: leases.map(({ root, leftMs }) => ({
      root,
      marker: kept.find((manifest) => manifest.root === root)?.anchor.index ?? null,
      leftMs: Math.round(leftMs),
    })),
    ...rest,
  };
}
