import { DecodeError } from '@smalti/core';
import type { smalti } from './generated/messages.js';

/** What a member says to its leader of checkpoints, and of its state machine. */
export interface CheckpointReportBody {
  readonly type: 'checkpoint-report';
  /** The marker of the checkpoint that was cut; 0 if there is none. */
  readonly marker: number;
  /** Of its root: 32 bytes, or none. */
  readonly root: Uint8Array;
  /** The newest version of the parts' format that it writes; 0 if it keeps no checkpoints. */
  readonly format: number;
  /** The newest version of the state machine that it knows. */
  readonly machine: number;
  readonly wanted: number;
  /** The entry with the command at which its state machine failed; 0 if it did not. */
  readonly failedIndex: number;
  readonly failedTerm: number;
  readonly failedChecksum: number;
}

const NAME_BYTES = 32;

type Filled<T> = { readonly [K in keyof T]-?: NonNullable<T[K]> };

/** @throws DecodeError if there is a marker without a name of a root, or such a name without a marker. */
export function checkpointReportOf(
  body: Filled<smalti.group.v1.ICheckpointReport>,
): Omit<CheckpointReportBody, 'type'> {
  const { marker, root, format, machine, wanted, failedIndex, failedTerm, failedChecksum } = body;
  if (root.length !== (marker === 0 ? 0 : NAME_BYTES)) {
    throw new DecodeError(`a report of marker ${marker} with a root of ${root.length} bytes`, 0);
  }
  if ((failedIndex === 0) !== (failedTerm === 0)) {
    throw new DecodeError(`a report of a failure at entry ${failedIndex} of term ${failedTerm}`, 0);
  }
  return { marker, root, format, machine, wanted, failedIndex, failedTerm, failedChecksum };
}
