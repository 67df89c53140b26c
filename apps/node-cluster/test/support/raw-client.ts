import { connect, type Socket } from 'node:net';

/** A socket that collects what it receives. */
export class RawClient {
  readonly socket: Socket;
  received = '';
  #waiting: (() => void)[] = [];
  closed = false;

  constructor(port: number) {
    this.socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true });
    this.socket.setEncoding('latin1');
    this.socket.on('data', (text: string) => {
      this.received += text;
      this.#wake();
    });
    this.socket.on('error', () => {});
    for (const event of ['end', 'close']) {
      this.socket.on(event, () => {
        this.closed = true;
        this.socket.destroy();
        this.#wake();
      });
    }
  }

  send(text: string): void {
    this.socket.write(text, 'latin1');
  }

  /** Waits until so many bytes were received, or the server has closed, and takes them. */
  async take(bytes: number): Promise<string> {
    while (this.received.length < bytes && !this.closed) await this.#change();
    const text = this.received.slice(0, bytes);
    this.received = this.received.slice(bytes);
    return text;
  }

  /** Sends, and waits for exactly that reply; gives what came instead. */
  async ask(text: string, expected: string): Promise<string> {
    this.send(text);
    return await this.take(expected.length);
  }

  /** Everything until the server closes. */
  async rest(): Promise<string> {
    while (!this.closed) await this.#change();
    return this.received;
  }

  #change(): Promise<void> {
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  #wake(): void {
    for (const wake of this.#waiting.splice(0)) wake();
  }
}

/** A request in the form that clients send. */
export function request(...words: string[]): string {
  return `*${words.length}\r\n${words.map((word) => `$${word.length}\r\n${word}\r\n`).join('')}`;
}
