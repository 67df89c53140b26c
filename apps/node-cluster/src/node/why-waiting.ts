import type { GroupStatus } from '@smalti/raft';

/** Why a node is not online, as far as it knows, in words for whoever waits for it. */
export function whyWaiting(status: GroupStatus | null): string {
  if (status === null) return 'it opens its log';
  const { leader, applied, committed, trouble, bonds } = status;
  if (leader !== null) return `it has applied ${applied.index} of ${committed.index} entries`;
  // Whoever was refused once and came in later keeps nobody waiting.
  const refusal = status.refusals.findLast(
    ({ address, claimed }) => !bonds.some((bond) => bond.address === address || bond.id === claimed),
  );
  if (refusal !== undefined) return `${refusal.address}: ${refusal.code} ${refusal.detail}`;
  return trouble ?? 'it hears no leader';
}
