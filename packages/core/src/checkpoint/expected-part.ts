import type { Hasher } from '../ports/hasher.ts';
import type { PartName } from '../storage/snapshot-store.ts';
import { DamagedPart } from './damaged-part.ts';
import type { CheckpointFormat } from './format.ts';
import { type Child, decodePart, type Part } from './part-codec.ts';
import { isNameOf, nameOfPart } from './part-name.ts';
import { childLengths, segmentBytes, splitPartBytes, splitTopBytes } from './split-item.ts';

/** What a part must be, as what names it says. */
export type ExpectedPart =
  | {
      readonly kind: 'node';
      readonly name: PartName;
      /** Null for the top of a tree, of which any level will do. */
      readonly level: number | null;
      readonly items: number;
      readonly bytes: number;
    }
  | SplitPart;

/** A segment, or a list of them. */
export interface SplitPart {
  readonly kind: 'split';
  readonly name: PartName;
  /** Bytes of the item that it covers. */
  readonly length: number;
}

/** A part that is what it must be, and what its parts must be in turn. */
export interface CheckedPart {
  readonly part: Part;
  readonly below: readonly ExpectedPart[];
}

/** Bytes of a part and of all below it. */
export function bytesBelow(expected: ExpectedPart, format: CheckpointFormat): number {
  return expected.kind === 'node' ? expected.bytes : splitPartBytes(expected.length, format);
}

/** Bytes of a part itself, at most; exactly so many if it is of an item that is split. */
export function mostBytesOf(expected: ExpectedPart, format: CheckpointFormat): number {
  if (expected.kind === 'split') return splitTopBytes(expected.length, format);
  return format.maxBytes;
}

/**
 * Checks a part under what names it: its hash, its bounds, its level, and that numbers of items and bytes add up.
 *
 * @throws DamagedPart if it is not what it must be.
 */
export function checkPart(
  bytes: Uint8Array,
  expected: ExpectedPart,
  format: CheckpointFormat,
  hasher: Hasher,
): CheckedPart {
  const { name } = expected;
  const refuse: (what: string, cause?: unknown) => never = (what, cause) => {
    throw new DamagedPart(name, what, cause);
  };
  const most = mostBytesOf(expected, format);
  if (bytes.length > most) refuse(`${bytes.length} bytes, and at most ${most} are possible`);
  if (!isNameOf(name, bytes, hasher)) refuse(`its bytes are those of ${nameOfPart(bytes, hasher)}`);
  let part: Part;
  try {
    part = decodePart(bytes);
  } catch (error) {
    return refuse((error as Error).message, error);
  }
  if (expected.kind === 'split') return { part, below: belowSplit(part, expected.length, format, refuse) };
  const below = belowNode(part, expected.level, format, refuse);
  const items = part.kind === 'leaf' ? part.items : sum(below, (each) => (each as Child).items);
  if (items !== expected.items) refuse(`${items} items below it, and ${expected.items} were announced`);
  const all = bytes.length + sum(below, (each) => bytesBelow(each, format));
  if (all !== expected.bytes)
    refuse(`${all} bytes with what is below it, and ${expected.bytes} were announced`);
  return { part, below };
}

type Refuse = (what: string) => never;

function belowNode(
  part: Part,
  level: number | null,
  format: CheckpointFormat,
  refuse: Refuse,
): ExpectedPart[] {
  if (part.kind !== 'leaf' && part.kind !== 'inner') return refuse(`a ${part.kind} where a node must be`);
  if (level !== null && part.level !== level) refuse(`a node of level ${part.level}, where ${level} must be`);
  if (part.kind === 'inner') {
    return part.children.map((child) => ({ kind: 'node', level: part.level - 1, ...child }));
  }
  const below: ExpectedPart[] = [];
  for (const { length, top } of part.splits) {
    if (length < format.maxBytes / 2) refuse(`an item of ${length} bytes is split`);
    below.push({ kind: 'split', name: top, length });
  }
  return below;
}

function belowSplit(part: Part, length: number, format: CheckpointFormat, refuse: Refuse): ExpectedPart[] {
  if (length <= segmentBytes(format)) {
    if (part.kind !== 'segment') return refuse(`a ${part.kind} where a segment must be`);
    if (part.bytes.length !== length)
      refuse(`a segment of ${part.bytes.length} bytes, where ${length} must be`);
    return [];
  }
  if (part.kind !== 'segments') return refuse(`a ${part.kind} where a list of segments must be`);
  const lengths = childLengths(length, format);
  const { names } = part;
  if (names.length !== lengths.length) refuse(`${names.length} segments, where ${lengths.length} must be`);
  return names.map((name, i) => ({ kind: 'split', name, length: lengths[i] as number }));
}

function sum<T>(list: readonly T[], of: (each: T) => number): number {
  return list.reduce((total, each) => total + of(each), 0);
}
