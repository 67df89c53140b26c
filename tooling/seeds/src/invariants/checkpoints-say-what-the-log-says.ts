import { decodeGenesis, decodeMachineVersion, type Entry, EntryKind, payloadOf } from '@smalti/core';
import type { WatchMaker } from '../observe/watch.ts';

interface AsOf {
  /** Group time. */
  readonly stamp: number;
  /** Of the machine, in force. */
  readonly version: number;
}

/** A checkpoint has the group time of its marker, and the version of the machine that the log up to there brings into force. */
export const checkpointsSayWhatTheLogSays: WatchMaker = (truth) => {
  const name = 'checkpoints say what the log says';
  /** By index and term, which name one entry. */
  const known = new Map<string, AsOf>();
  return {
    name,
    wrote: (node, { entries = [] }) => {
      const { terms } = truth.mirror(node);
      for (const entry of entries) {
        const { index, term, stamp } = entry;
        const before = known.get(`${index - 1} ${terms[index - 1]}`)?.version ?? 0;
        known.set(`${index} ${term}`, { stamp, version: Math.max(before, versionOf(entry)) });
      }
    },
    kept: (node, { anchor: { index, term }, root }) => {
      const said = truth.checkpoints.headers.get(root);
      const is = known.get(`${index} ${term}`);
      if (said === undefined || is === undefined) return;
      const { time, machine } = said;
      if (time !== is.stamp)
        truth.violate(
          name,
          `${node} keeps a checkpoint of ${index} of ${time} ms, and that entry is of ${is.stamp} ms`,
        );
      if (machine.version !== is.version)
        truth.violate(
          name,
          `${node} keeps a checkpoint of ${index} by version ${machine.version}, and ${is.version} is in force there`,
        );
    },
  };
};

function versionOf(entry: Entry): number {
  if (entry.kind === EntryKind.genesis) return decodeGenesis(payloadOf(entry)).machineVersion;
  return entry.kind === EntryKind.version ? decodeMachineVersion(payloadOf(entry)) : 0;
}
