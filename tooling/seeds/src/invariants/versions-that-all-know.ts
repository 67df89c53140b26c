import { decodeMachineVersion, EntryKind, membersOf, payloadOf } from '@smalti/core';
import type { WatchMaker } from '../observe/watch.ts';

/** A version of the machine comes into force when the program of every member knows it, those that are away included. */
export const versionsThatAllKnow: WatchMaker = (truth) => {
  const name = 'a version comes into force when every member knows it';
  return {
    name,
    wrote: (node, { entries = [] }) => {
      const { hard, configuration } = truth.mirror(node);
      for (const entry of entries) {
        if (entry.kind !== EntryKind.version || entry.term !== hard.term || !truth.isLeader(node)) continue;
        const version = decodeMachineVersion(payloadOf(entry));
        const members = configuration === null ? [] : membersOf(configuration);
        const old = members.filter(({ id }) => (truth.programs.get(id) ?? 0) < version).map(({ id }) => id);
        if (old.length > 0)
          truth.violate(
            name,
            `${node} brings version ${version} into force, and ${old.join(', ')} does not know it`,
          );
      }
    },
  };
};
