import { DecodeError } from '../codec/byte-reader.ts';
import type { Hasher } from '../ports/hasher.ts';
import type { PartName } from '../storage/snapshot-store.ts';
import { DamagedPart } from './damaged-part.ts';
import { ReusedPartMemory } from './part-memory.ts';
import { isNameOf, nameOfPart } from './part-name.ts';
import { type CheckpointRoot, decodeRoot } from './root.ts';
import { TreeBuilder } from './tree-builder.ts';
import { type Walk, type WalkStep, walkTree } from './walk.ts';

/**
 * Reads a root from the bytes of a part.
 *
 * @throws DamagedPart if the bytes are not those of that name, or no root of a format that is known here.
 */
export function openRoot(name: PartName, bytes: Uint8Array, hasher: Hasher): CheckpointRoot {
  if (!isNameOf(name, bytes, hasher)) {
    throw new DamagedPart(name, `its bytes are those of ${nameOfPart(bytes, hasher)}`);
  }
  try {
    return decodeRoot(bytes);
  } catch (error) {
    if (error instanceof DecodeError) throw new DamagedPart(name, error.message, error);
    throw error;
  }
}

/**
 * Verifies a whole checkpoint: every part, order and number of the items, all bytes, and that it is cut at the places
 * at which this program would cut it, which no hash says. For tools and tests: it costs as much as reading and cutting
 * all of it again.
 *
 * @throws DamagedPart.
 */
export function* verifyCheckpoint(name: PartName, hasher: Hasher): Walk<CheckpointRoot> {
  const [bytes] = (yield { get: [name] }) ?? [];
  if (bytes === undefined || bytes === null) throw new DamagedPart(name, 'it is missing');
  const root = openRoot(name, bytes, hasher);
  for (const section of root.sections) {
    const memory = new ReusedPartMemory();
    const builder = new TreeBuilder(root.format, hasher, () => memory.reuse(), memory);
    const walk = walkTree(section, root.format, hasher);
    let step = walk.next();
    while (step.done !== true) {
      const value: WalkStep = step.value;
      if ('items' in value) for (const item of value.items) for (const _ of builder.add(item));
      step = walk.next(yield value);
    }
    const { top } = builder.finish();
    if (top !== section.top) {
      throw new DamagedPart(
        section.top ?? name,
        `section ${section.name} is cut at other places than it should be`,
      );
    }
  }
  return root;
}
