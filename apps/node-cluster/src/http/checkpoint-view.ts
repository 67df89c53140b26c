import type { CheckpointStatus } from '@smalti/raft';

/** What `/status` tells of checkpoints. Positions are indices. */
export function checkpointView(status: CheckpointStatus | null): Record<string, unknown> | null {
  if (status === null) return null;
  const { kept, open, cutting, waiting, ...rest } = status;
  return {
    kept: kept.map(({ anchor, ...manifest }) => ({ marker: anchor.index, ...manifest })),
    open: open === null ? null : { ...open, marker: open.marker.index },
    cutting: cutting === null ? null : { ...cutting, marker: cutting.marker.index },
    waiting: waiting?.index ?? null,
    ...rest,
  };
}
