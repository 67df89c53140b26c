/** Bytes of bulk that arrive in one turn. */
const PER_TURN = 256 * 1024;

/**
 * Lets bulk arrive a little each turn, where no medium says how fast it goes: between two turns control passes, as it
 * does on a network.
 */
export class BulkPace {
  readonly #later: (work: () => void) => void;
  #waiting: { readonly bytes: number; readonly deliver: () => void }[] = [];
  #running = false;

  constructor(later: (work: () => void) => void) {
    this.#later = later;
  }

  push(bytes: number, deliver: () => void): void {
    this.#waiting.push({ bytes, deliver });
    if (this.#running) return;
    this.#running = true;
    this.#later(() => this.#turn());
  }

  #turn(): void {
    let bytes = 0;
    let count = 0;
    while (count < this.#waiting.length && bytes < PER_TURN) bytes += this.#waiting[count++]?.bytes ?? 0;
    const now = this.#waiting.slice(0, count);
    this.#waiting = this.#waiting.slice(count);
    this.#running = this.#waiting.length > 0;
    if (this.#running) this.#later(() => this.#turn());
    for (const { deliver } of now) deliver();
  }
}
