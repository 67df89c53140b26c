import type { Socket } from 'node:net';
import { runCommand } from './commands/table.ts';
import type { RespLimits } from './limits.ts';
import { failure } from './reply.ts';
import { ReplyQueue, type ReplyQueueOwner } from './reply-queue.ts';
import { ProtocolError, RespParser } from './resp-parser.ts';
import type { RespSession } from './session.ts';
import type { Flushable, TurnFlusher } from './turn-flusher.ts';

/** Bytes of one write, about. */
const WRITE_BYTES = 256 * 1024;
const LEAVING = failure('TRYAGAIN NOT_READY this node stops, and has not begun with it: ask another');
/** How long a client may take to read its last replies, in milliseconds. */
const FAREWELL_MS = 5_000;

/**
 * One client. Its requests are started as they are read and answered in their order. It is not read from while too
 * much of it is under way or its socket is full.
 */
export class RespConnection implements Flushable, ReplyQueueOwner {
  readonly session: RespSession;
  /** Requests that were started. */
  commands = 0;
  readonly #socket: Socket;
  readonly #limits: RespLimits;
  readonly #flusher: TurnFlusher;
  readonly #parser: RespParser;
  readonly #replies = new ReplyQueue(this);
  /** The socket takes no more for now. */
  #full = false;
  #marked = false;
  /** What comes now is refused. */
  #leaving = false;
  /** No more requests are read; it ends when all replies have left. */
  #closing = false;
  #inputEnded = false;
  #ended = false;
  #reading = false;

  constructor(socket: Socket, session: RespSession, limits: RespLimits, flusher: TurnFlusher) {
    this.session = session;
    this.#socket = socket;
    this.#limits = limits;
    this.#flusher = flusher;
    this.#parser = new RespParser(limits);
    socket.setNoDelay(true);
    socket.setKeepAlive(true, 60_000);
    socket.on('data', (chunk: Buffer) => {
      if (this.#closing) return;
      this.#parser.push(chunk);
      this.#read();
    });
    socket.on('drain', () => {
      this.#full = false;
      this.flush();
    });
    // The client sends no more, and still gets what it asked for.
    socket.on('end', () => {
      this.#inputEnded = true;
      this.replied();
    });
    // 'close' follows, and is all there is to do.
    socket.on('error', () => {});
  }

  /** Starts nothing any more, and says so to whoever asks: a connection that only ends leaves its client in doubt. */
  leave(): void {
    this.#leaving = true;
    this.replied();
  }

  /** Reads no more, and ends the connection when what is under way was answered. */
  close(): void {
    this.#closing = true;
    this.replied();
  }

  hangUp(): void {
    this.#closing = true;
  }

  destroy(): void {
    this.#socket.destroy();
  }

  replied(): void {
    if (this.#marked) return;
    this.#marked = true;
    this.#flusher.mark(this);
  }

  /** Sends the replies that are next, as many as the socket takes; then reads on. */
  flush(): void {
    this.#marked = false;
    if (this.#ended || this.#socket.destroyed) return;
    while (!this.#full) {
      const text = this.#replies.take(WRITE_BYTES);
      if (text === '') break;
      this.#full = !this.#socket.write(text, 'latin1');
    }
    this.#read();
    // What is not stalled has started all requests that were whole.
    const last = this.#closing || (this.#inputEnded && !this.#stalled());
    if (last && this.#replies.length === 0) this.#end();
  }

  /** Starts the requests that are there, up to the bounds. */
  #read(): void {
    // A reply can be given while its request is being started.
    if (this.#reading) return;
    this.#reading = true;
    try {
      while (!this.#closing && !this.#stalled()) {
        const words = this.#parser.next();
        if (words === null) break;
        this.commands++;
        const call = this.#replies.add(words);
        const reply = this.#leaving ? LEAVING : runCommand(call);
        if (reply !== null) call.reply(reply);
      }
    } catch (error) {
      if (!(error instanceof ProtocolError)) throw error;
      this.#closing = true;
      this.#replies.add([]).reply(failure(`ERR Protocol error: ${error.message}`));
    } finally {
      this.#reading = false;
    }
    if (this.#stalled() && !this.#closing) this.#socket.pause();
    else if (this.#socket.isPaused()) this.#socket.resume();
  }

  #stalled(): boolean {
    return (
      this.#full ||
      this.#replies.length >= this.#limits.maxOutstanding ||
      this.#replies.bytes >= this.#limits.maxOutstandingBytes
    );
  }

  #end(): void {
    this.#ended = true;
    this.#socket.end();
    this.#socket.resume();
    const timer = setTimeout(() => this.#socket.destroy(), FAREWELL_MS);
    this.#socket.once('close', () => clearTimeout(timer));
  }
}
