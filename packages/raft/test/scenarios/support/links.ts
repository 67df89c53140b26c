import type { Message } from '../../../src/engine/messages.ts';

/** The lines between nodes, one for each direction: what is under way on them stays until it is taken off. */
export class Links {
  /** In order; there is none without a bond. */
  readonly #waiting = new Map<string, Message[]>();
  readonly #cuts = new Set<string>();

  waiting(from: string, to: string): readonly Message[] {
    return this.#waiting.get(nameOf(from, to)) ?? [];
  }

  /** False if it is lost. */
  put(from: string, to: string, message: Message): boolean {
    const waiting = this.#waiting.get(nameOf(from, to));
    if (waiting === undefined || this.#cuts.has(nameOf(from, to))) return false;
    waiting.push(message);
    return true;
  }

  take(from: string, to: string, message: Message): void {
    const waiting = this.#waiting.get(nameOf(from, to));
    const at = waiting?.indexOf(message) ?? -1;
    if (at !== -1) waiting?.splice(at, 1);
  }

  bond(a: string, b: string): void {
    this.#waiting.set(nameOf(a, b), []).set(nameOf(b, a), []);
  }

  /** What is under way is lost. False if there was no bond. */
  unbond(a: string, b: string): boolean {
    return this.#waiting.delete(nameOf(a, b)) && this.#waiting.delete(nameOf(b, a));
  }

  cut(from: string, to: string): void {
    this.#cuts.add(nameOf(from, to));
  }

  heal(): void {
    this.#cuts.clear();
  }
}

function nameOf(from: string, to: string): string {
  return `${from}->${to}`;
}
