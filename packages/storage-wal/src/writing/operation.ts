import type { GroupId, HardState, SmaltiError } from '@smalti/core';
import type { CopyRecord, OpenRecord, PruneRecord, ResetRecord, WriteRecord } from '../format/records.ts';

/** Something that was submitted, on its way to the disk. */
export interface Operation {
  readonly group: GroupId;
  /** Null if it changes nothing, and only keeps its place in the order. */
  readonly record: WriteRecord | PruneRecord | ResetRecord | OpenRecord | CopyRecord | null;
  /** The bytes that the record says it has. */
  readonly frames: readonly Uint8Array[];
  readonly frameBytes: number;
  /** It is durable: called for all of a batch before any is told. The first frame is at that place. */
  apply(segment: number, place: number): void;
  /** It was refused, with all that were submitted after it: called for all before any is told. */
  revert(): void;
  /** Tells whoever submitted it. */
  done(error: SmaltiError | null): void;
}

/** The hard state that an operation sets, or null. */
export function hardStateOf({ record }: Operation): HardState | null {
  return record?.kind === 'write' || record?.kind === 'reset' ? record.hardState : null;
}
