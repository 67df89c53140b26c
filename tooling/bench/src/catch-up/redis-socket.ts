import { connect, type Socket } from 'node:net';

/** As much of a Redis client as a benchmark needs: pipelines of SET, and the text of INFO. */
export class RedisSocket {
  readonly #socket: Socket;
  #text = '';
  #heard: () => void = () => {};

  private constructor(socket: Socket) {
    this.#socket = socket;
    socket.setNoDelay(true);
    socket.on('error', () => {});
    socket.on('data', (chunk: Buffer) => {
      this.#text += chunk.toString('latin1');
      this.#heard();
    });
    socket.on('close', () => this.#heard());
  }

  static connect(port: number): Promise<RedisSocket> {
    return new Promise((resolve, reject) => {
      const socket = connect({ host: '127.0.0.1', port });
      socket.once('error', reject);
      socket.once('connect', () => resolve(new RedisSocket(socket)));
    });
  }

  /** Sets each key in one pipeline. @throws Error on anything but as many `+OK`. */
  async setAll(keys: readonly string[], value: string): Promise<void> {
    const commands = keys.map(
      (key) => `*3\r\n$3\r\nSET\r\n$${key.length}\r\n${key}\r\n$${value.length}\r\n${value}\r\n`,
    );
    this.#text = '';
    this.#socket.write(commands.join(''));
    const expected = '+OK\r\n'.repeat(keys.length);
    await this.#until(() => this.#text.length >= expected.length);
    if (this.#text !== expected) throw new Error(`not all were set: ${this.#text.slice(0, 200)}`);
  }

  /** A section of INFO. */
  async info(section: string): Promise<string> {
    this.#text = '';
    this.#socket.write(`*2\r\n$4\r\nINFO\r\n$${section.length}\r\n${section}\r\n`);
    const whole = (): boolean => {
      const [, length] = /^\$(\d+)\r\n/.exec(this.#text) ?? [];
      return length !== undefined && this.#text.length >= length.length + 5 + Number(length);
    };
    await this.#until(whole);
    return this.#text;
  }

  close(): void {
    this.#socket.destroy();
  }

  async #until(holds: () => boolean): Promise<void> {
    while (!holds()) {
      if (this.#socket.destroyed) throw new Error('the connection was lost');
      await new Promise<void>((resolve) => {
        this.#heard = resolve;
      });
    }
  }
}
