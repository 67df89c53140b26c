/** Something that will happen at a moment of virtual time. */
export interface QueuedEvent {
  readonly at: number;
  /** Breaks ties: events of one moment happen in the order they were scheduled. */
  readonly sequence: number;
  /** What it is, for traces and for the hash of a run. */
  readonly label: string;
  run: () => void;
  cancelled: boolean;
}

/** A binary heap of events, earliest first, ties by sequence. */
export class EventQueue {
  readonly #heap: QueuedEvent[] = [];

  get size(): number {
    return this.#heap.length;
  }

  /** The next event that was not cancelled, left in the queue. */
  peek(): QueuedEvent | undefined {
    let top = this.#heap[0];
    while (top?.cancelled) {
      this.#pop();
      top = this.#heap[0];
    }
    return top;
  }

  push(event: QueuedEvent): void {
    const heap = this.#heap;
    let at = heap.push(event) - 1;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      const above = heap[parent] as QueuedEvent;
      if (!before(event, above)) break;
      heap[at] = above;
      at = parent;
    }
    heap[at] = event;
  }

  /** Takes the next event that was not cancelled. */
  pop(): QueuedEvent | undefined {
    return this.peek() === undefined ? undefined : this.#pop();
  }

  #pop(): QueuedEvent | undefined {
    const heap = this.#heap;
    const top = heap[0];
    const moved = heap.pop();
    if (moved === undefined || heap.length === 0) return top;
    let at = 0;
    for (;;) {
      const left = 2 * at + 1;
      if (left >= heap.length) break;
      const right = left + 1;
      const child =
        right < heap.length && before(heap[right] as QueuedEvent, heap[left] as QueuedEvent) ? right : left;
      if (!before(heap[child] as QueuedEvent, moved)) break;
      heap[at] = heap[child] as QueuedEvent;
      at = child;
    }
    heap[at] = moved;
    return top;
  }
}

function before(a: QueuedEvent, b: QueuedEvent): boolean {
  return a.at < b.at || (a.at === b.at && a.sequence < b.sequence);
}
