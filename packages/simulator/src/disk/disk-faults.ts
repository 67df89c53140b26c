import { DiskError, type DiskErrorCode } from '@smalti/core';
import type { DiskOperation, DiskOperationKind } from './disk-operation.ts';

/** A failure to come. */
export interface PlannedFault {
  readonly kind: DiskOperationKind;
  /** Default `io`. */
  readonly code?: DiskErrorCode;
  /** Only for operations on this path. Default: any. */
  readonly path?: string;
  /** How many such operations succeed before. Default 0. */
  readonly after?: number;
  /** How many fail. Default 1; `Infinity` for all from then on. */
  readonly times?: number;
}

/** Failures that a test has planned for a disk, taken as operations come by. */
export class DiskFaults {
  #planned: { fault: PlannedFault; skip: number; left: number }[] = [];

  plan(fault: PlannedFault): void {
    this.#planned.push({ fault, skip: fault.after ?? 0, left: fault.times ?? 1 });
  }

  /** How many failures are still to come, as far as that is known; each is counted once. */
  get left(): number {
    return this.#planned.filter(({ left }) => left > 0).length;
  }

  clear(): void {
    this.#planned = [];
  }

  /** The error that the operation fails with, or null. */
  take(operation: DiskOperation): DiskError | null {
    for (const planned of this.#planned) {
      const { fault } = planned;
      if (fault.kind !== operation.kind) continue;
      if (fault.path !== undefined && fault.path !== operation.path) continue;
      if (planned.skip > 0) {
        planned.skip -= 1;
        continue;
      }
      if (planned.left <= 0) continue;
      planned.left -= 1;
      const code = fault.code ?? 'io';
      return new DiskError(
        code,
        operation.path,
        `planned fault: ${operation.kind} of ${operation.path}: ${code}`,
      );
    }
    return null;
  }
}
