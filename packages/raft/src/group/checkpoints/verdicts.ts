import type { Configuration, MemberKey, PartName } from '@smalti/core';
import { hasQuorum, quorumIsLost } from '../../engine/quorum.ts';

/** What the reports of a marker come to. */
export type Verdict =
  | { readonly type: 'agreed'; readonly root: PartName }
  /** Whatever the others report, no root can be a majority's any more. */
  | { readonly type: 'disputed' }
  | { readonly type: 'pending' };

/**
 * Counts reports. A root is what a majority of the voters at the marker reported (in a joint configuration, of both),
 * whoever counts: a leader whose own root is another one has diverged, and not they. Learners do not count.
 */
export function verdictOf(configuration: Configuration, reports: ReadonlyMap<MemberKey, PartName>): Verdict {
  const roots = new Set(reports.values());
  for (const root of roots) {
    if (hasQuorum(configuration, (key) => reports.get(key) === root)) return { type: 'agreed', root };
  }
  const isLost = (root: PartName | null): boolean =>
    quorumIsLost(configuration, (key) => {
      const reported = reports.get(key);
      return reported !== undefined && reported !== root;
    });
  // Null stands for a root that nobody has reported yet.
  return [null, ...roots].every(isLost) ? { type: 'disputed' } : { type: 'pending' };
}
