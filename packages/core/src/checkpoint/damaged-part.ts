import type { PartName } from '../storage/snapshot-store.ts';

/** A part is missing, its bytes are not what its name says, or they are not what stands above it. */
export class DamagedPart extends Error {
  override readonly name = 'DamagedPart';
  readonly part: PartName;

  constructor(part: PartName, what: string, cause?: unknown) {
    super(`part ${part}: ${what}`, cause === undefined ? undefined : { cause });
    this.part = part;
  }
}
