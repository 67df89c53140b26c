import type { Index, Term } from '../vocabulary/cursor.ts';

/**
 * What an entry is for. The numbers are on disks and wires and never change their meaning. An entry of a kind that
 * a node does not know stops its applying, because going on would diverge.
 */
export const EntryKind = {
  /** Entry 1 of every cluster: its birth. Payload: see `Genesis`. */
  genesis: 1,
  /** Written by every new leader (Raft §8), so that it can commit. No payload. */
  empty: 2,
  /** A command of the state machine. Payload: see `CommandEnvelope`. */
  command: 3,
  /** A change of the configuration. Payload: see `Configuration`. */
  configuration: 4,
  /** A sync strategy's own bytes (`feedCommand`). */
  sync: 5,
  /** "Checkpoint here". Payload: see `Marker`. */
  marker: 6,
  /** Moves group time and nothing else. */
  tick: 7,
  /** What became of a checkpoint. Payload: see `CheckpointOutcome`. */
  outcome: 8,
  /** From here on commands mean what this version of the machine says. Payload: see `encodeMachineVersion`. */
  version: 9,
  /** The command in an entry before it is not applied. Payload: see `Skip`. */
  skip: 10,
} as const;
export type EntryKind = (typeof EntryKind)[keyof typeof EntryKind];

/**
 * One entry of the log. It is made once, by the leader that creates it, and then travels unchanged, as the bytes of
 * its `frame`, over wires, disks and sync: the checksum in it covers cluster, index, term, kind, stamp and payload.
 */
export interface Entry {
  readonly index: Index;
  readonly term: Term;
  readonly kind: EntryKind;
  /** Group time in milliseconds: never less than that of the entry before. */
  readonly stamp: number;
  /** The frame: header and payload. A view into the batch it was made or read in. */
  readonly frame: Uint8Array;
}
