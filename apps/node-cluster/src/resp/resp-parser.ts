import { splitInline } from './inline.ts';

/** Bounds of one request. */
export interface RequestLimits {
  /** The longest argument, in bytes. */
  readonly maxBulkBytes: number;
  /** The most arguments, the command's name among them. */
  readonly maxArguments: number;
  /** Bytes of a request's arguments together. */
  readonly maxRequestBytes: number;
}

/** What a client sent is not the protocol. The message is what Redis answers, after `ERR Protocol error: `. */
export class ProtocolError extends Error {
  override readonly name = 'ProtocolError';
}

/** The longest line: an inline command, or a number. */
const MAX_LINE_BYTES = 64 * 1024;
const MAX_NUMBER_BYTES = 32;
const INITIAL_BYTES = 4 * 1024;
/** A buffer that grew beyond this is let go of once it is empty. */
const KEEP_BYTES = 64 * 1024;

const CR = 13;
const LF = 10;
const ASTERISK = 42;
const DOLLAR = 36;
const MINUS = 45;
const ZERO = 48;
const NO_BYTES = Buffer.alloc(0);

/**
 * Reads requests from bytes as they come: arrays of bulk strings, and inline commands. Arguments are latin1 strings.
 * What it keeps is bounded by the limits and by what was really received, never by what a length announces.
 */
export class RespParser {
  readonly #limits: RequestLimits;
  /** Bytes not read yet: `#at` to `#end`. The buffer is a chunk of the socket's, or our own. */
  #buffer: Buffer = NO_BYTES;
  #at = 0;
  #end = 0;
  #own = false;
  /** Where the search for the end of a line goes on. */
  #searched = 0;
  /** Of the array being read: arguments that are missing, those that are there, and their bytes. */
  #missing = 0;
  #arguments: string[] = [];
  #argumentBytes = 0;
  /** Of the bulk being read, or -1 between two. */
  #bulkBytes = -1;

  constructor(limits: RequestLimits) {
    this.#limits = limits;
  }

  /** Bytes received and not read yet. */
  get buffered(): number {
    return this.#end - this.#at;
  }

  /** Takes the bytes; they must not change until they were read. */
  push(chunk: Buffer): void {
    if (this.buffered === 0) {
      this.#buffer = chunk;
      this.#at = 0;
      this.#end = chunk.length;
      this.#searched = 0;
      this.#own = false;
      return;
    }
    this.#room(chunk.length);
    chunk.copy(this.#buffer, this.#end);
    this.#end += chunk.length;
  }

  /**
   * The next request, or null if it is not whole yet. Never an empty one.
   *
   * @throws ProtocolError; nothing that follows can be understood then.
   */
  next(): string[] | null {
    for (;;) {
      if (this.#missing === 0) {
        if (this.#at === this.#end) return this.#idle();
        const inline = this.#buffer[this.#at] !== ASTERISK;
        const request = inline ? this.#inline() : this.#header();
        if (request === null) return null;
        if (request.length > 0) return request;
      } else {
        const request = this.#bulks();
        if (request === null || request.length > 0) return request;
      }
    }
  }

  /** A line of words; empty if it is blank, null if it is not whole. */
  #inline(): string[] | null {
    const line = this.#line();
    if (line === null) return null;
    const words = splitInline(line);
    if (words === null) throw new ProtocolError('unbalanced quotes in request');
    return words;
  }

  /** The beginning of an array; empty if there is more to read, null if it is not whole. */
  #header(): string[] | null {
    const count = this.#number('too big mbulk count string');
    if (count === null) return null;
    if (Number.isNaN(count) || count > this.#limits.maxArguments) {
      throw new ProtocolError('invalid multibulk length');
    }
    // Redis skips arrays of no elements, and of less.
    this.#missing = Math.max(0, count);
    this.#arguments = [];
    this.#argumentBytes = 0;
    this.#bulkBytes = -1;
    return this.#arguments;
  }

  /** The elements of an array; empty if it has none, null if it is not whole. */
  #bulks(): string[] | null {
    while (this.#missing > 0) {
      if (this.#bulkBytes < 0) {
        if (this.#at === this.#end) return this.#idle();
        const first = this.#buffer[this.#at] ?? 0;
        if (first !== DOLLAR) throw new ProtocolError(`expected '$', got '${printable(first)}'`);
        const length = this.#number('too big bulk count string');
        if (length === null) return null;
        this.#bulkBytes = this.#checkedBulk(length);
      }
      const end = this.#at + this.#bulkBytes;
      if (end + 2 > this.#end) return null;
      // Redis skips these two bytes unseen; whoever sends others there has lost count.
      if (this.#buffer[end] !== CR || this.#buffer[end + 1] !== LF) {
        throw new ProtocolError('expected CRLF after a bulk string');
      }
      this.#arguments.push(this.#buffer.toString('latin1', this.#at, end));
      this.#at = end + 2;
      this.#searched = this.#at;
      this.#bulkBytes = -1;
      this.#missing--;
    }
    const request = this.#arguments;
    this.#arguments = [];
    return request;
  }

  #checkedBulk(length: number): number {
    // Not a number fails this, too.
    if (!(length >= 0 && length <= this.#limits.maxBulkBytes)) throw new ProtocolError('invalid bulk length');
    this.#argumentBytes += length;
    if (this.#argumentBytes > this.#limits.maxRequestBytes) {
      throw new ProtocolError(`a request of more than ${this.#limits.maxRequestBytes} bytes`);
    }
    return length;
  }

  /** The number after the character here, up to the end of the line. NaN if it is none, null if it is not whole. */
  #number(tooLong: string): number | null {
    const buffer = this.#buffer;
    const start = this.#at + 1;
    const limit = Math.min(this.#end, start + MAX_NUMBER_BYTES);
    let at = start;
    while (at < limit && buffer[at] !== LF) at++;
    if (at === limit) {
      if (limit === this.#end) return null;
      throw new ProtocolError(tooLong);
    }
    this.#at = at + 1;
    this.#searched = this.#at;
    return buffer[at - 1] === CR ? parseDigits(buffer, start, at - 1) : Number.NaN;
  }

  /** The line that begins here, without its end; null if it is not whole. */
  #line(): string | null {
    const from = Math.max(this.#searched, this.#at);
    const found = this.#buffer.subarray(0, this.#end).indexOf(LF, from);
    const length = (found < 0 ? this.#end : found) - this.#at;
    if (length > MAX_LINE_BYTES) throw new ProtocolError('too big inline request');
    if (found < 0) {
      this.#searched = this.#end;
      return null;
    }
    const end = found > this.#at && this.#buffer[found - 1] === CR ? found - 1 : found;
    const line = this.#buffer.toString('latin1', this.#at, end);
    this.#at = found + 1;
    this.#searched = this.#at;
    return line;
  }

  #idle(): null {
    if (this.#buffer.length > KEEP_BYTES || !this.#own) {
      this.#buffer = NO_BYTES;
      this.#own = false;
    }
    this.#at = 0;
    this.#end = 0;
    this.#searched = 0;
    return null;
  }

  /** Makes room for more bytes after those that are there, in a buffer of our own that grows by doubling. */
  #room(more: number): void {
    const have = this.buffered;
    if (this.#own && this.#end + more <= this.#buffer.length) return;
    const fits = this.#own && have + more <= this.#buffer.length / 2;
    const target = fits ? this.#buffer : Buffer.allocUnsafe(Math.max(INITIAL_BYTES, 2 * (have + more)));
    this.#buffer.copy(target, 0, this.#at, this.#end);
    this.#buffer = target;
    this.#own = true;
    this.#searched = Math.max(0, this.#searched - this.#at);
    this.#at = 0;
    this.#end = have;
  }
}

/** A whole number, written as Redis does: no leading zeros, no plus. Else NaN. */
function parseDigits(bytes: Buffer, from: number, to: number): number {
  const negative = bytes[from] === MINUS;
  const start = negative ? from + 1 : from;
  const length = to - start;
  if (length < 1 || length > 15 || (bytes[start] === ZERO && (length > 1 || negative))) return Number.NaN;
  let value = 0;
  for (let at = start; at < to; at++) {
    const digit = (bytes[at] ?? 0) - ZERO;
    if (digit < 0 || digit > 9) return Number.NaN;
    value = value * 10 + digit;
  }
  return negative ? -value : value;
}

function printable(byte: number): string {
  return byte >= 0x20 && byte < 0x7f ? String.fromCharCode(byte) : `\\x${byte.toString(16).padStart(2, '0')}`;
}
