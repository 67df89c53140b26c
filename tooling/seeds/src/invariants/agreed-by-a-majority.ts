import type { MemberKey, PartName } from '@smalti/core';
import { isMajority } from '../observe/configurations.ts';
import { marksIn } from '../observe/marks.ts';
import type { WatchMaker } from '../observe/watch.ts';

/**
 * A root is agreed when more than half of the voters in force at its marker have reported it, of both lists in a joint
 * configuration; and a node takes for agreed what the log has said to be.
 */
export const agreedByAMajority: WatchMaker = (truth) => {
  const name = 'a majority has reported what is agreed';
  /** By marker and root: whose it is. */
  const reports = new Map<string, Set<MemberKey>>();
  /** By marker and root: where the log says that it is agreed, on some node or other. */
  const agreed = new Map<string, { readonly index: number; readonly term: number }[]>();
  const noted = (marker: number, root: PartName): Set<MemberKey> => {
    const those = reports.get(`${marker} ${root}`) ?? new Set<MemberKey>();
    reports.set(`${marker} ${root}`, those);
    return those;
  };
  return {
    name,
    kept: (node, { anchor, root, agreed: isAgreed }) => {
      const { key } = truth.mirror(node);
      if (key !== null) noted(anchor.index, root).add(key);
      if (!isAgreed) return;
      const said = agreed.get(`${anchor.index} ${root}`) ?? [];
      if (
        !said.some(({ index, term }) => truth.committed[index] === term || truth.mayBeCommitted(index, term))
      )
        truth.violate(
          name,
          `${node} takes ${root} at ${anchor.index} for agreed, and the log does not say so`,
        );
    },
    wrote: (node, { entries = [] }) => {
      const mirror = truth.mirror(node);
      for (const { index, term, outcome } of marksIn(entries)) {
        if (outcome?.verdict !== 'agreed') continue;
        const { marker, root } = outcome;
        agreed.set(`${marker} ${root}`, [...(agreed.get(`${marker} ${root}`) ?? []), { index, term }]);
        if (term !== mirror.hard.term || truth.leaders.get(term) !== node) continue;
        const inForce = mirror.configurationAt(marker);
        if (inForce !== null && isMajority(inForce, (key) => noted(marker, root).has(key))) continue;
        truth.violate(name, `${node} says that ${root} at ${marker} is agreed, and no majority has it`);
      }
    },
  };
};
