import { invariant } from '../errors/invariant.ts';
import type { Hasher } from '../ports/hasher.ts';
import { checkFormat } from './format.ts';
import { eachItem, type ItemSource } from './item-source.ts';
import type { PartMemory } from './part-memory.ts';
import { nameNewPart } from './part-name.ts';
import { type CheckpointHeader, type CheckpointRoot, encodeRoot, type Section } from './root.ts';
import type { CutPart } from './split-item.ts';
import { TreeBuilder } from './tree-builder.ts';

/** What is cut into a checkpoint. */
export interface CheckpointParts {
  readonly header: CheckpointHeader;
  /** What goes into it, by the names of the sections. Held still until the cutter is done. */
  readonly sections: ReadonlyMap<string, ItemSource>;
  readonly hasher: Hasher;
  /** Where the bytes of parts are put. Default: each has memory of its own. */
  readonly memory?: PartMemory;
}

/** A checkpoint that was cut. */
export interface CutCheckpoint {
  readonly root: CheckpointRoot;
  /** Of the root: it names the whole state. */
  readonly name: CutPart['name'];
  /** Bytes of all its parts, the root included: what a manifest says. */
  readonly bytes: number;
}

/**
 * Cuts a captured state into parts, a little at a time. What comes out depends on header and items alone, never on the
 * steps. Pure: it holds the open node of each level and nothing else, so whoever calls it keeps the parts.
 *
 * @example
 * while (cutter.result === null) {
 *   await put(cutter.step(64 * 1024));
 * }
 */
export class CheckpointCutter {
  readonly #parts: CheckpointParts;
  readonly #work: Generator<number, CutCheckpoint>;
  #out: CutPart[] = [];
  #done = 0;
  #result: CutCheckpoint | null = null;

  /** @throws RangeError if the format is not known here, or not possible. */
  constructor(parts: CheckpointParts) {
    checkFormat(parts.header.format);
    this.#parts = parts;
    this.#work = this.#cut();
  }

  /** The checkpoint, once everything was cut; else null. */
  get result(): CutCheckpoint | null {
    return this.#result;
  }

  /** Bytes that were cut so far: of items that stand in their leaves, and of the parts of those that are split. */
  get done(): number {
    return this.#done;
  }

  /**
   * Cuts about `bytes` more, at most one item or part beyond, and gives the parts that are complete: children before
   * parents, the root last. A part may come again, if the same bytes stand at several places.
   *
   * @throws InvariantError if items are not in canonical order; what the source throws; RangeError if an item or the
   * root is beyond its bound. Nothing more can be cut then.
   */
  step(bytes: number): readonly CutPart[] {
    invariant(bytes > 0, 'a step has some bytes');
    const end = this.#done + bytes;
    while (this.#done < end && this.#result === null) {
      const { value, done: ended } = this.#work.next();
      if (ended === true) {
        invariant(value !== undefined, 'nothing is cut after an error');
        this.#result = value;
      } else {
        this.#done += value;
      }
    }
    const out = this.#out;
    this.#out = [];
    return out;
  }

  *#cut(): Generator<number, CutCheckpoint> {
    const { header, sections: sources, hasher, memory } = this.#parts;
    const sections: Section[] = [];
    const names = [...sources.keys()].sort();
    for (const name of names) {
      const builder = new TreeBuilder(header.format, hasher, (part) => this.#out.push(part), memory);
      for (const item of eachItem(sources.get(name) as ItemSource, header.format.targetBytes)) {
        let isSplit = false;
        for (const bytes of builder.add(item)) {
          isSplit = true;
          yield bytes;
        }
        if (!isSplit) yield item.key.length + item.value.length;
      }
      sections.push({ name, ...builder.finish() });
    }
    const root = { ...header, sections };
    const bytes = encodeRoot(root);
    const name = nameNewPart(bytes, hasher);
    this.#out.push({ name, bytes });
    return { root, name, bytes: sections.reduce((sum, tree) => sum + tree.bytes, bytes.length) };
  }
}
