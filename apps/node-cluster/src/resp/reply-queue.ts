import type { Call } from './commands/command.ts';
import type { RespSession } from './session.ts';

/** What a queue tells its connection. */
export interface ReplyQueueOwner {
  readonly session: RespSession;
  /** The reply that is next to leave was given. */
  replied(): void;
  /** No request after this one is read. */
  hangUp(): void;
}

/** Replies of one connection, in the order of the requests, as they are given in any order. */
export class ReplyQueue {
  readonly #owner: ReplyQueueOwner;
  #places: Place[] = [];
  #head = 0;
  /** Bytes of arguments whose reply is missing, or what they weigh, and of replies that have not left. */
  #bytes = 0;

  constructor(owner: ReplyQueueOwner) {
    this.#owner = owner;
  }

  get length(): number {
    return this.#places.length - this.#head;
  }

  get bytes(): number {
    return this.#bytes;
  }

  /** A place at the end, for the reply to these words. */
  add(words: readonly string[]): Call {
    let bytes = 0;
    for (const each of words) bytes += each.length;
    const place = new Place(this, words, bytes);
    this.#bytes += bytes;
    this.#places.push(place);
    return place;
  }

  /** Replies that can leave, together; at least one if there is one, else empty. Stops after `enough` bytes. */
  take(enough: number): string {
    let text = '';
    while (text.length < enough) {
      const place = this.#places[this.#head];
      if (place === undefined || place.text === null) break;
      text += place.text;
      this.#bytes -= place.bytes;
      this.#head++;
    }
    if (this.#head === this.#places.length) {
      this.#places = [];
      this.#head = 0;
    } else if (this.#head > 1_024) {
      this.#places = this.#places.slice(this.#head);
      this.#head = 0;
    }
    return text;
  }

  /** For {@link Place}. */
  get owner(): ReplyQueueOwner {
    return this.#owner;
  }

  /** For {@link Place}: it counts so many bytes more. */
  grown(more: number): void {
    this.#bytes += more;
  }

  /** For {@link Place}: it was filled. */
  filled(place: Place): void {
    if (this.#places[this.#head] === place) this.#owner.replied();
  }
}

class Place implements Call {
  words: readonly string[];
  /** The reply, once it was given. */
  text: string | null = null;
  bytes: number;
  readonly #queue: ReplyQueue;

  constructor(queue: ReplyQueue, words: readonly string[], bytes: number) {
    this.#queue = queue;
    this.words = words;
    this.bytes = bytes;
  }

  get session(): RespSession {
    return this.#queue.owner.session;
  }

  weigh(bytes: number): void {
    if (this.text === null) this.#count(bytes);
  }

  reply(text: string): void {
    if (this.text !== null) return;
    this.text = text;
    this.#count(text.length);
    this.words = [];
    this.#queue.filled(this);
  }

  #count(bytes: number): void {
    this.#queue.grown(bytes - this.bytes);
    this.bytes = bytes;
  }

  hangUp(): void {
    this.#queue.owner.hangUp();
  }
}
