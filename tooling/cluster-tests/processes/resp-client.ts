import { connect, type Socket } from 'node:net';

/** An error reply, `-CODE text`. */
export class ErrorReply extends Error {
  override readonly name = 'ErrorReply';
  get code(): string {
    return this.message.split(' ')[0] ?? '';
  }
}

/** Bulk strings are latin1, a character a byte. An integer is a bigint where a number is not exact. */
export type Reply = string | number | bigint | null | ErrorReply | readonly Reply[];

interface Waiting {
  resolve(reply: Reply): void;
  reject(error: Error): void;
}

const CRLF = Buffer.from('\r\n');

/** A client of the Redis protocol that hides nothing: one connection, no retries, every reply or the end of it. */
export class RespClient {
  readonly #socket: Socket;
  readonly #waiting: Waiting[] = [];
  #input: Buffer = Buffer.alloc(0);
  #lost: Error | null = null;

  private constructor(socket: Socket) {
    this.#socket = socket;
    socket.setNoDelay(true);
    socket.on('data', (chunk: Buffer) => this.#take(chunk));
    socket.on('error', (error) => this.#end(error));
    socket.on('close', () => this.#end(new Error('the connection was closed')));
  }

  static connect(address: string, timeoutMs = 1_000): Promise<RespClient> {
    const [host, port] = address.split(':');
    return new Promise((resolve, reject) => {
      const socket = connect({ host, port: Number(port) });
      const timer = setTimeout(() => socket.destroy(new Error('no connection in time')), timeoutMs);
      socket.once('error', reject);
      socket.once('connect', () => {
        clearTimeout(timer);
        socket.off('error', reject);
        resolve(new RespClient(socket));
      });
      socket.once('close', () => clearTimeout(timer));
    });
  }

  get open(): boolean {
    return this.#lost === null;
  }

  /**
   * Sends words, latin1 strings. Rejects if the connection is lost before the reply: what became of the command is
   * unknown then.
   */
  call(...words: readonly string[]): Promise<Reply> {
    if (this.#lost !== null) return Promise.reject(this.#lost);
    const parts = words.map((word) => `$${word.length}\r\n${word}\r\n`);
    this.#socket.write(`*${words.length}\r\n${parts.join('')}`, 'latin1');
    return new Promise((resolve, reject) => this.#waiting.push({ resolve, reject }));
  }

  close(): void {
    this.#socket.destroy();
    this.#end(new Error('closed here'));
  }

  #end(error: Error): void {
    this.#lost ??= error;
    for (const { reject } of this.#waiting.splice(0)) reject(this.#lost);
  }

  #take(chunk: Buffer): void {
    this.#input = this.#input.length === 0 ? chunk : Buffer.concat([this.#input, chunk]);
    let at = 0;
    for (;;) {
      const read = readReply(this.#input, at);
      if (read === null) break;
      at = read.end;
      this.#waiting.shift()?.resolve(read.reply);
    }
    this.#input = this.#input.subarray(at);
  }
}

interface Read {
  readonly reply: Reply;
  readonly end: number;
}

/** The reply that begins there, or null if it is not whole yet. */
function readReply(input: Buffer, at: number): Read | null {
  const lineEnd = input.indexOf(CRLF, at);
  if (lineEnd < 0) return null;
  const text = input.toString('latin1', at + 1, lineEnd);
  const end = lineEnd + 2;
  switch (input[at]) {
    case 0x2b: // +
      return { reply: text, end };
    case 0x2d: // -
      return { reply: new ErrorReply(text), end };
    case 0x3a: // :
      return { reply: Number.isSafeInteger(Number(text)) ? Number(text) : BigInt(text), end };
    case 0x24: // $
      return readBulk(input, Number(text), end);
    case 0x2a: // *
      return readArray(input, Number(text), end);
    default:
      throw new Error(`not a reply: ${input.toString('latin1', at, at + 40)}`);
  }
}

function readBulk(input: Buffer, length: number, at: number): Read | null {
  if (length < 0) return { reply: null, end: at };
  const end = at + length + 2;
  return input.length < end ? null : { reply: input.toString('latin1', at, at + length), end };
}

function readArray(input: Buffer, count: number, at: number): Read | null {
  if (count < 0) return { reply: null, end: at };
  const replies: Reply[] = [];
  let end = at;
  for (let i = 0; i < count; i++) {
    const read = readReply(input, end);
    if (read === null) return null;
    replies.push(read.reply);
    end = read.end;
  }
  return { reply: replies, end };
}
