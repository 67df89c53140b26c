import type { Socket } from 'node:net';
import type { Scheduler } from '@smalti/core';
import type { WebSocket } from 'ws';
import { batchSize, encodeBatch, encodeSingle, singleHead } from './messages.ts';

/** A frame from this size on travels in a message of its own, and is not copied: that would cost more than it saves. */
const LARGE = 16 * 1024;
/** The most bytes of a batch, where messages may be as large. */
const BATCH = 256 * 1024;

/** A message that waits, and how many bytes of it count: as one piece, or a frame that is written as it is. */
type Ready =
  | { readonly message: Uint8Array; readonly bytes: number }
  | { readonly head: Uint8Array; readonly body: Uint8Array; readonly bytes: number };

/** What is sent on one lane: it gathers the frames of a turn, and knows how many bytes have not left yet. */
export class LaneWriter {
  readonly #scheduler: Scheduler;
  readonly #bound: number;
  readonly #batchBound: number;
  readonly #dialled: boolean;
  readonly #drained: () => void;
  #socket: { readonly ws: WebSocket; readonly socket: Socket } | null = null;
  #ready: Ready[] = [];
  #batch: Uint8Array[] = [];
  #batchBytes = 0;
  #queued = 0;
  #full = false;
  #scheduled = false;
  #over = false;

  /**
   * @param bound half of it is where a lane that was full is drained.
   * @param maxMessageBytes of the other side: a batch must not be larger either.
   * @param dialled true if this side dialled the connection.
   */
  constructor(
    scheduler: Scheduler,
    bound: number,
    maxMessageBytes: number,
    dialled: boolean,
    drained: () => void,
  ) {
    this.#scheduler = scheduler;
    this.#dialled = dialled;
    this.#bound = bound;
    this.#batchBound = Math.min(BATCH, maxMessageBytes);
    this.#drained = drained;
  }

  /** Bytes that were taken and have not left this process. */
  get queued(): number {
    return this.#queued;
  }

  get attached(): boolean {
    return this.#socket !== null;
  }

  /** Gives it the connection to write to. What was pushed before waits for it. */
  attach(ws: WebSocket, socket: Socket): void {
    this.#socket = { ws, socket };
    if (this.#queued > 0) this.#schedule();
  }

  push(head: Uint8Array, body: Uint8Array): void {
    if (this.#over) return;
    const bytes = head.length + body.length;
    this.#queued += bytes;
    if (this.#queued * 2 > this.#bound) this.#full = true;
    if (bytes >= LARGE) {
      this.#endBatch();
      this.#ready.push({ head: singleHead(head, body.length, this.#dialled), body, bytes });
    } else {
      if (batchSize(this.#batch.length + 2, this.#batchBytes + bytes) > this.#batchBound) this.#endBatch();
      this.#batch.push(head, body);
      this.#batchBytes += bytes;
    }
    if (this.#socket) this.#schedule();
  }

  /** A message that is not a frame, after all that was pushed. It counts for no bound. */
  say(message: Uint8Array): void {
    if (this.#over) return;
    this.#endBatch();
    this.#ready.push({ message, bytes: 0 });
    if (this.#socket) this.#schedule();
  }

  /** Writes what waits, now. */
  flush(): void {
    if (!this.#socket || this.#over) return;
    const { ws, socket } = this.#socket;
    this.#endBatch();
    const ready = this.#ready;
    if (ready.length === 0 || ws.readyState !== ws.OPEN) return;
    this.#ready = [];
    socket.cork();
    for (const one of ready) {
      const left = (): void => this.#left(one.bytes);
      if ('message' in one) {
        ws.send(one.message, { binary: true }, left);
      } else {
        // The library takes a message in one piece only. Nothing waits within it, as nothing is compressed.
        socket.write(one.head);
        socket.write(one.body, left);
      }
    }
    socket.uncork();
  }

  /** Forgets what waits. */
  stop(): void {
    this.#over = true;
    this.#ready = [];
    this.#batch = [];
  }

  #schedule(): void {
    if (this.#scheduled) return;
    this.#scheduled = true;
    this.#scheduler.endOfTurn(() => {
      this.#scheduled = false;
      this.flush();
    });
  }

  #endBatch(): void {
    const pieces = this.#batch;
    if (pieces.length === 0) return;
    const bytes = this.#batchBytes;
    this.#batch = [];
    this.#batchBytes = 0;
    const [head, body] = pieces as [Uint8Array, Uint8Array];
    const message = pieces.length === 2 ? encodeSingle(head, body) : encodeBatch(pieces, bytes);
    this.#ready.push({ message, bytes });
  }

  #left(bytes: number): void {
    this.#queued -= bytes;
    if (this.#over) return;
    const low = this.#full && this.#queued * 2 <= this.#bound;
    if (!low && this.#queued > 0) return;
    this.#full = false;
    this.#drained();
  }
}
