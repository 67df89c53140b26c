import {
  type Entry,
  EntryKind,
  Framer,
  type Index,
  type PeerId,
  type Term,
  toBootNonce,
  toClusterId,
  toGroupId,
  toIncarnation,
  toNetworkId,
  toPeerId,
} from '@smalti/core';
import { simHasher } from '@smalti/simulator';

export const cluster = toClusterId('cd'.repeat(16));
export const group = toGroupId('ab'.repeat(32));
export const network = toNetworkId('test');
export const framer = new Framer(cluster, simHasher);

/** A log: its length, and from which index on which term begins (the first from 1 on). */
export function makeLog(
  length: number,
  terms: Readonly<Record<number, number>> = { 1: 1 },
  bytes = 8,
): Entry[] {
  const starts = Object.entries(terms).map(([first, term]) => ({ first: Number(first), term }));
  return starts.flatMap(({ first, term }, i) => {
    const last = Math.min(length, (starts[i + 1]?.first ?? length + 1) - 1);
    return sealed(first, last, term, bytes);
  });
}

/** Entries of one term. Their payloads name index and term, and differ in nothing else. */
export function sealed(first: number, last: number, term: number, bytes = 8): Entry[] {
  const drafts = Array.from({ length: Math.max(0, last - first + 1) }, (_, i) => {
    const payload = new Uint8Array(bytes).fill(first + i);
    payload[0] = term;
    return { kind: EntryKind.command, payload };
  });
  return framer.seal(drafts, first as Index, term as Term, 1_000);
}

/** A copy of the frames in which the last byte is another one. */
export function damaged(frames: Uint8Array): Uint8Array {
  const copy = Uint8Array.from(frames);
  copy[copy.length - 1] = (copy.at(-1) ?? 0) ^ 1;
  return copy;
}

export function identityOf(id: PeerId | string, boot = 0) {
  return {
    id: toPeerId(id),
    incarnation: toIncarnation('0'.repeat(32)),
    boot: toBootNonce(boot.toString(16).padStart(16, '0')),
    cluster,
    bootstrapping: false,
    address: '',
    protocol: { min: 1, max: 1 },
  };
}
