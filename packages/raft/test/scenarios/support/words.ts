import type { Cursor, Index, Term } from '@smalti/core';
import type { Command } from './script.ts';

/** What stands behind the name of a command; whatever is not asked for is a mistake. */
export class Words {
  readonly #args: string[];
  readonly #options: Map<string, string>;

  constructor({ args, options }: Command) {
    this.#args = [...args];
    this.#options = new Map(options);
  }

  next(what: string): string {
    const word = this.#args.shift();
    if (word === undefined) throw new Error(`${what} is missing`);
    return word;
  }

  number(what: string): number {
    return toNumber(this.next(what));
  }

  rest(): string[] {
    return this.#args.splice(0);
  }

  /** The last word, if it passes. */
  lastIf(passes: (word: string) => boolean): string | undefined {
    const word = this.#args.at(-1);
    return word !== undefined && passes(word) ? this.#args.pop() : undefined;
  }

  option(key: string): string | undefined {
    const value = this.#options.get(key);
    this.#options.delete(key);
    return value;
  }

  /** Options named `prefix.name`, by name. */
  each(prefix: string): Map<string, string> {
    const keys = [...this.#options.keys()].filter((key) => key.startsWith(`${prefix}.`));
    return new Map(keys.map((key) => [key.slice(prefix.length + 1), this.option(key) ?? '']));
  }

  end(): void {
    const left = [...this.#args, ...this.#options.keys()];
    if (left.length > 0) throw new Error(`nothing is known of ${left.join(', ')}`);
  }
}

export function toNumber(word: string): number {
  if (!/^\d+$/.test(word)) throw new Error(`${word} is no number`);
  return Number(word);
}

export function toCursor(word: string): Cursor {
  const [index = '', term = ''] = word.split('.');
  return { index: toNumber(index) as Index, term: toNumber(term) as Term };
}
