import {
  type CheckpointHeader,
  type Entry,
  type GroupLog,
  type Hasher,
  type ItemSource,
  invariant,
  itemSource,
  type Marker,
  type SessionTable,
  type SnapshotStateMachine,
  StateSection,
} from '@smalti/core';
import type { Born } from '../birth.ts';
import type { Captured } from './captured.ts';

/** What the state of a replica consists of. */
export interface StateParts {
  readonly machine: Pick<SnapshotStateMachine<never, never, unknown>, 'signature' | 'createSnapshot'>;
  /** Of the machine, in force at the marker. */
  readonly version: number;
  readonly sessions: SessionTable;
  readonly born: Born;
  /** Which configurations there are: the one in force at the marker among them. */
  readonly log: Pick<GroupLog, 'configurations'>;
  readonly hasher: Hasher;
}

/**
 * Captures the state right after a marker was applied, at no cost that grows with it. Every replica captures the same:
 * all of it follows from the log up to the marker.
 *
 * @throws what the machine throws; then nothing is held.
 */
export function captureState(parts: StateParts, marker: Marker, entry: Entry): Captured {
  const { machine, version, born, hasher } = parts;
  const at = { index: entry.index, term: entry.term };
  const inForce = parts.log.configurations.findLast(({ index }) => index <= at.index);
  invariant(inForce !== undefined, `a configuration is in force at ${at.index}`);
  const header: CheckpointHeader = {
    format: marker.format,
    cluster: born.genesis.cluster,
    group: born.genesis.group,
    anchor: at,
    time: entry.stamp,
    machine: { signature: machine.signature, version },
    configuration: inForce.frame,
  };
  const snapshot = machine.createSnapshot(version);
  const sessions = parts.sessions.capture();
  const sections = new Map<string, ItemSource>([
    [StateSection.birth, itemSource([{ key: new Uint8Array(0), value: born.entry.frame }])],
    [StateSection.machine, snapshot],
    [StateSection.sessions, sessions],
  ]);
  return {
    at,
    checkpoint: { header, sections, hasher },
    release: () => {
      sessions.release();
      snapshot.release();
    },
  };
}
