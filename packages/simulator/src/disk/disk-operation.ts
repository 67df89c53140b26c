/** What a disk can be asked. `writeAndSync` is a `write` and then a `sync`. */
export type DiskOperationKind =
  | 'open'
  | 'create'
  | 'read'
  | 'write'
  | 'sync'
  | 'allocate'
  | 'truncate'
  | 'size'
  | 'close'
  | 'makeDirectory'
  | 'list'
  | 'rename'
  | 'unlink'
  | 'syncDirectory'
  | 'lock'
  | 'unlock';

/** One operation on a simulated disk. */
export interface DiskOperation {
  /** Counts the operations of a disk, from 1. */
  readonly sequence: number;
  readonly kind: DiskOperationKind;
  readonly path: string;
  /** For reads and writes. */
  readonly offset: number;
  /** For reads, writes, allocate and truncate: bytes. */
  readonly length: number;
}

/** The two moments of an operation: nothing of it has happened yet, or all of it has and nobody was told. */
export type DiskStage = 'submitted' | 'applied';
