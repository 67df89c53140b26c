import type { HardState } from '@smalti/core';

/**
 * Term and vote of the higher of two copies; commit of the log's copy, which is never behind the other. Null if they
 * contradict each other: two votes in one term, which no crash can leave.
 */
export function higher(log: HardState, second: HardState): HardState | null {
  const doubt = log.doubt || second.doubt;
  if (second.term > log.term) return { ...log, term: second.term, vote: second.vote, doubt };
  if (second.term < log.term || second.vote === null) return { ...log, doubt };
  if (log.vote !== null && log.vote !== second.vote) return null;
  return { ...log, vote: second.vote, doubt };
}
