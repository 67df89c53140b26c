import type { Hasher } from '../ports/hasher.ts';
import type { PartName } from '../storage/snapshot-store.ts';
import { checkPart, type ExpectedPart } from './expected-part.ts';
import type { CheckpointFormat } from './format.ts';
import { segmentBytes } from './split-item.ts';
import { openRoot } from './verify.ts';

/** Names that a root reaches, each as often as it is named, or a wish for the bytes of some of them. */
export type ReachStep = { readonly names: readonly PartName[] } | { readonly get: readonly PartName[] };

/** A search in progress. After a `get` it is resumed with the bytes of each part, in order, or null for one that is missing. */
export type Reach = Generator<ReachStep, void, readonly (Uint8Array | null)[] | undefined>;

const AT_A_TIME = 64;

/**
 * Finds all parts that a root reaches: what a store must keep. Only parts that name others are asked for, some
 * hundredths of the whole. What is missing is named and not looked into; nor is what `known` says was named before,
 * with everything below it.
 *
 * @throws DamagedPart if a part is not what it must be.
 */
export function* reach(root: PartName, hasher: Hasher, known: (name: PartName) => boolean): Reach {
  if (known(root)) return;
  yield { names: [root] };
  const [bytes] = (yield { get: [root] }) ?? [];
  if (bytes === undefined || bytes === null) return;
  const { format, sections } = openRoot(root, bytes, hasher);
  const tops: ExpectedPart[] = [];
  for (const { top, items, bytes: all } of sections) {
    if (top !== null) tops.push({ kind: 'node', name: top, level: null, items, bytes: all });
  }
  yield* reachAll(tops, format, hasher, known);
}

function* reachAll(
  parts: readonly ExpectedPart[],
  format: CheckpointFormat,
  hasher: Hasher,
  known: (name: PartName) => boolean,
): Reach {
  const fresh = parts.filter(({ name }) => !known(name));
  if (fresh.length === 0) return;
  yield { names: fresh.map(({ name }) => name) };
  const inner = fresh.filter((part) => namesOthers(part, format));
  for (let at = 0; at < inner.length; at += AT_A_TIME) {
    const some = inner.slice(at, at + AT_A_TIME);
    const answers = yield { get: some.map(({ name }) => name) };
    for (const [i, expected] of some.entries()) {
      const bytes = answers?.[i] ?? null;
      if (bytes === null) continue;
      yield* reachAll(checkPart(bytes, expected, format, hasher).below, format, hasher, known);
    }
  }
}

/** A leaf with an item that is split has more bytes below it than a part can have. */
function namesOthers(part: ExpectedPart, format: CheckpointFormat): boolean {
  if (part.kind === 'split') return part.length > segmentBytes(format);
  return part.level !== 0 || part.bytes > format.maxBytes;
}
