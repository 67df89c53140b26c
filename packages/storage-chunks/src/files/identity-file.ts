import { type GroupId, type Hasher, type Incarnation, type PeerId, SmaltiError } from '@smalti/core';
import { decodeText, encodeText } from '../format/text-file.ts';

/** The name of the file that says whose directory it is. */
export const IDENTITY_FILE = 'identity';
/** Its name while it is written. */
export const UNFINISHED_IDENTITY_FILE = 'identity.new';

/** Whose checkpoints they are: those of one group on one node. */
export interface ChunksOwner {
  readonly node: PeerId;
  /** Of the node's log: a node that lost its log has nothing to build on here. */
  readonly incarnation: Incarnation;
  readonly group: GroupId;
}

/** The version of everything in the directory. */
const VERSION = 'smalti chunks 1';

function linesOf({ node, incarnation, group }: ChunksOwner): readonly string[] {
  return [`node ${node}`, `incarnation ${incarnation}`, `group ${group}`];
}

export function encodeIdentity(owner: ChunksOwner, hasher: Hasher): Uint8Array {
  return encodeText([VERSION, ...linesOf(owner)], hasher);
}

/** @throws SmaltiError `STORAGE_CORRUPT`; `STORAGE_VERSION`; `STORAGE_FOREIGN` naming both sides. */
export function checkIdentity(bytes: Uint8Array, owner: ChunksOwner, location: string, hasher: Hasher): void {
  const [version, ...lines] = decodeText(bytes, hasher) ?? [];
  if (version === undefined) {
    const message =
      `${location}/${IDENTITY_FILE}: the file that says whose checkpoints these are is damaged. ` +
      'Remove the directory: the node makes its checkpoints again, or fetches them';
    throw new SmaltiError('STORAGE_CORRUPT', message, { details: { location, file: IDENTITY_FILE } });
  }
  if (version !== VERSION) {
    const message =
      `${location} has the format "${version}", and this program reads "${VERSION}": ` +
      'use the version of the program that wrote it, or remove the directory';
    throw new SmaltiError('STORAGE_VERSION', message, { details: { location, version } });
  }
  const ours = linesOf(owner);
  if (lines.join('\n') === ours.join('\n')) return;
  const message = `${location} has the checkpoints of ${lines.join(', ')}, and these are to be those of ${ours.join(', ')}: give each its own directory`;
  throw new SmaltiError('STORAGE_FOREIGN', message, { details: { location, found: lines, owner } });
}
