import {
  DamagedPart,
  type Hasher,
  type Manifest,
  type PartName,
  type Reach,
  reach,
  type SnapshotView,
} from '@smalti/core';
import { NameSet } from './name-set.ts';

/** Parts that are read at a time: fewer than what one owner may, so that others find room. */
const AT_A_TIME = 32;

/**
 * Which parts are reached by a checkpoint that is whole here: what of another checkpoint is among them need not be looked
 * at, with all that is below it. Found out by reading the parts that name others, some hundredths of the whole.
 */
export class WholeParts {
  readonly #view: SnapshotView;
  readonly #hasher: Hasher;
  readonly #sets: NameSet[] = [];
  readonly #left: Manifest[];
  readonly #changed: () => void;
  #done = false;

  /** `changed` is called when it is done. */
  constructor(view: SnapshotView, hasher: Hasher, changed: () => void) {
    this.#view = view;
    this.#hasher = hasher;
    this.#changed = changed;
    // The oldest first, as they are taken from the end.
    this.#left = [...view.manifests()];
    this.#next();
  }

  /** True when all were looked at. */
  get done(): boolean {
    return this.#done;
  }

  has(name: PartName): boolean {
    return this.#sets.some((set) => set.has(name));
  }

  #next(): void {
    const manifest = this.#left.pop();
    if (manifest === undefined) {
      this.#done = true;
      this.#changed();
      return;
    }
    const found = new NameSet();
    const search = reach(manifest.root, this.#hasher, (name) => found.has(name) || this.has(name));
    this.#go(search, found, undefined);
  }

  #go(search: Reach, found: NameSet, answer: readonly (Uint8Array | null)[] | undefined): void {
    try {
      for (let step = search.next(answer); ; step = search.next()) {
        if (step.done === true) {
          this.#sets.push(found);
          break;
        }
        if ('get' in step.value) {
          this.#read(step.value.get, (parts) => this.#go(search, found, parts));
          return;
        }
        // A checkpoint that lacks a part is none: what else it has is taken one by one.
        if (step.value.names.some((name) => !this.#view.has(name))) break;
        for (const name of step.value.names) found.add(name);
      }
    } catch (error) {
      if (!(error instanceof DamagedPart)) throw error;
    }
    this.#next();
  }

  /** Reads some parts; if one is missing the whole checkpoint is given up. */
  #read(names: readonly PartName[], then: (parts: readonly Uint8Array[]) => void): void {
    const parts: (Uint8Array | null)[] = [];
    let at = 0;
    const some = (): void => {
      const end = Math.min(names.length, at + AT_A_TIME);
      let left = end - at;
      for (; at < end; at++) {
        const place = at;
        this.#view.get(names[place] as PartName, (_, bytes) => {
          parts[place] = bytes;
          left -= 1;
          if (left > 0) return;
          if (parts.includes(null)) this.#next();
          else if (at < names.length) some();
          else then(parts as Uint8Array[]);
        });
      }
    };
    some();
  }
}
