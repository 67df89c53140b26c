/** Something that has replies to send. */
export interface Flushable {
  flush(): void;
}

/**
 * Flushes what was marked, once at the end of the event loop's turn: replies that came in one turn leave in one
 * write for each connection.
 */
export class TurnFlusher {
  #marked: Flushable[] = [];

  /** Called at most once by each until it is flushed. */
  mark(each: Flushable): void {
    if (this.#marked.push(each) === 1) setImmediate(() => this.#flush());
  }

  #flush(): void {
    const marked = this.#marked;
    this.#marked = [];
    for (const each of marked) each.flush();
  }
}
