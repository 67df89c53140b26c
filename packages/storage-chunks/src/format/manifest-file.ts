import { cursor, type Hasher, type Index, type Manifest, toPartName } from '@smalti/core';
import { decodeText, encodeText } from './text-file.ts';

/** The name of a manifest while it is written. */
export const UNFINISHED_MANIFEST = 'manifest.new';

const DIGITS = 16;

export function manifestPath(index: Index): string {
  return `manifest-${String(index).padStart(DIGITS, '0')}`;
}

export function isManifestPath(name: string): boolean {
  return /^manifest-\d{16}$/.test(name);
}

export function encodeManifest(
  { anchor, root, format, bytes, agreed }: Manifest,
  hasher: Hasher,
): Uint8Array {
  const lines = [
    'smalti manifest 1',
    `index ${anchor.index}`,
    `term ${anchor.term}`,
    `root ${root}`,
    `format ${format}`,
    `bytes ${bytes}`,
    `agreed ${agreed ? 'yes' : 'no'}`,
  ];
  return encodeText(lines, hasher);
}

const FORM =
  /^smalti manifest 1\nindex (\d{1,16})\nterm (\d{1,16})\nroot ([0-9a-f]{64})\nformat (\d{1,9})\nbytes (\d{1,16})\nagreed (yes|no)$/;

/** Null if the bytes are damaged, or of a version that is not known here. */
export function decodeManifest(bytes: Uint8Array, hasher: Hasher): Manifest | null {
  const text = decodeText(bytes, hasher)?.join('\n');
  const [, index, term, root, format, all, agreed] = FORM.exec(text ?? '') ?? [];
  if (root === undefined) return null;
  try {
    return {
      anchor: cursor(Number(term), Number(index)),
      root: toPartName(root),
      format: Number(format),
      bytes: Number(all),
      agreed: agreed === 'yes',
    };
  } catch {
    return null;
  }
}
