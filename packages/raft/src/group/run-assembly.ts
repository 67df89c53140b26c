import type { Cursor, Entry, PlainCommand, SessionCommand } from '@smalti/core';

/** A command, or a part of an atomic run. */
export type Part = PlainCommand | SessionCommand;

/** What began and will never be whole. */
export interface Interrupted {
  readonly first: Part;
  readonly at: Cursor;
}

function isOneRun(a: Part, b: Part): boolean {
  if (a.of !== b.of) return false;
  if (a.type === 'plain') return b.type === 'plain' && a.origin === b.origin && a.request === b.request;
  return b.type === 'command' && a.session === b.session && a.sequence === b.sequence;
}

/**
 * Puts together the parts of atomic runs: consecutive entries of one term. What another entry interrupts has no effect,
 * here as on every other replica.
 */
export class RunAssembly {
  #parts: Part[] = [];
  #start: Cursor | null = null;

  /** A part is applied. @returns the whole run, if this was its last part. */
  add(part: Part, entry: Entry): readonly Part[] | null {
    if (part.of === 1) return [part];
    const [before] = this.#parts;
    if (before === undefined) {
      if (part.part > 0) return null;
      this.#start = { index: entry.index, term: entry.term };
    }
    this.#parts.push(part);
    if (this.#parts.length < part.of) return null;
    const run = this.#parts;
    this.#parts = [];
    this.#start = null;
    return run;
  }

  /** What had begun does not count: another state begins, in which nothing has. */
  clear(): void {
    this.#parts = [];
    this.#start = null;
  }

  /** Another entry comes. @returns what it interrupts, if it does not go on with the run that has begun. */
  interrupt(part: Part | null, entry: Entry): Interrupted | null {
    const [first] = this.#parts;
    const at = this.#start;
    if (first === undefined || at === null) return null;
    const goesOn =
      part !== null && part.part === this.#parts.length && at.term === entry.term && isOneRun(first, part);
    if (goesOn) return null;
    this.#parts = [];
    this.#start = null;
    return { first, at };
  }
}
