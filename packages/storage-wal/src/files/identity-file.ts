import {
  type Hasher,
  type PeerId,
  SmaltiError,
  type StoreIdentity,
  textCodec,
  toIncarnation,
  toPeerId,
} from '@smalti/core';
import { corrupt } from '../errors.ts';

/** The name of the file that says whose directory it is. Its being there says that the directory is complete. */
export const IDENTITY_FILE = 'identity';
/** Its name while the directory is being made. */
export const UNFINISHED_IDENTITY_FILE = 'identity.new';
/** The version of everything in the directory. */
export const FORMAT_VERSION = 1;

const FORM = /^smalti wal (\d{1,9})\n([\s\S]*)crc ([0-9a-f]{8})\n$/;
const BODY = /^node (\S+)\nincarnation ([0-9a-f]{32})\n$/;

/** A few lines of text, so that an operator can read them. The last one is a CRC-32 of those before. */
export function encodeIdentity(identity: StoreIdentity, hasher: Hasher): Uint8Array {
  const text = `smalti wal ${FORMAT_VERSION}\nnode ${identity.node}\nincarnation ${identity.incarnation}\n`;
  return textCodec.encode(`${text}crc ${sum(text, hasher)}\n`);
}

/**
 * @throws SmaltiError `STORAGE_CORRUPT`; `STORAGE_VERSION`; `STORAGE_FOREIGN` naming both nodes.
 */
export function decodeIdentity(
  bytes: Uint8Array,
  node: PeerId,
  location: string,
  hasher: Hasher,
): StoreIdentity {
  const [text, version, body, crc] = FORM.exec(decodeText(bytes)) ?? [];
  if (text === undefined || crc !== sum(text.slice(0, -'crc 01234567\n'.length), hasher)) {
    throw corrupt(location, IDENTITY_FILE, 0, 'the file that says whose directory this is is damaged');
  }
  if (Number(version) !== FORMAT_VERSION) {
    const message =
      `${location} has format version ${version}, and this program reads version ${FORMAT_VERSION}: ` +
      'use the version of the program that wrote it, or give this node another directory';
    throw new SmaltiError('STORAGE_VERSION', message, { details: { location, version: Number(version) } });
  }
  const [, owner, incarnation] = BODY.exec(body ?? '') ?? [];
  if (owner === undefined || incarnation === undefined) {
    throw corrupt(
      location,
      IDENTITY_FILE,
      0,
      'the file that says whose directory this is cannot be understood',
    );
  }
  if (owner !== node) {
    const message =
      `${location} belongs to node ${owner}, and this is node ${node}: ` +
      `start this node with its own directory, or with the id ${owner}`;
    throw new SmaltiError('STORAGE_FOREIGN', message, { details: { location, owner, node } });
  }
  return { node: toPeerId(owner), incarnation: toIncarnation(incarnation) };
}

function decodeText(bytes: Uint8Array): string {
  try {
    return textCodec.decode(bytes);
  } catch {
    return '';
  }
}

function sum(text: string, hasher: Hasher): string {
  return hasher.crc32(textCodec.encode(text)).toString(16).padStart(8, '0');
}
