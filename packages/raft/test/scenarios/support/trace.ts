/** What happened, a line each, grouped under what caused it. */
export class Trace {
  muted = false;
  #lines: string[] = [];
  #depth = 0;

  say(text: string): void {
    if (!this.muted) this.#lines.push('  '.repeat(this.#depth) + text);
  }

  /** What is said meanwhile came of that. */
  under(cause: string, what: () => void): void {
    this.say(cause);
    this.#depth += 1;
    what();
    this.#depth -= 1;
  }

  /** The lines since the last time. */
  take(): readonly string[] {
    const lines = this.#lines;
    this.#lines = [];
    return lines;
  }
}
