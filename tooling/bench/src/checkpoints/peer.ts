import { type ChildProcess, fork } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { PeerCalls, PeerOptions } from './peer-options.ts';

interface Waiting {
  resolve(value: unknown): void;
  reject(error: Error): void;
}

/** With what every process of a benchmark is started. */
export const EXEC_ARGV = ['--expose-gc', '--max-old-space-size=8192', '--max-semi-space-size=16'];

/** A node in a process of its own. */
export class Peer {
  readonly options: PeerOptions;
  readonly #process: ChildProcess;
  readonly #waiting = new Map<number, Waiting>();
  #calls = 0;
  /** Resolves when it has joined its group. */
  readonly up: Promise<unknown>;

  constructor(options: PeerOptions) {
    this.options = options;
    this.#process = fork(join(import.meta.dirname, 'peer-process.ts'), [JSON.stringify(options)], {
      execArgv: EXEC_ARGV,
    });
    this.up = new Promise((resolve, reject) => this.#waiting.set(0, { resolve, reject }));
    // Whoever kills it does not wait for it.
    this.up.catch(() => {});
    this.#process.on(
      'message',
      ({ call, value, error }: { call: number; value: unknown; error?: string }) => {
        const waiting = this.#waiting.get(call);
        this.#waiting.delete(call);
        if (error === undefined) waiting?.resolve(value);
        else waiting?.reject(new Error(`${options.id}: ${error}`));
      },
    );
    this.#process.once('exit', (code, signal) => {
      const error = new Error(`${options.id} has ended with ${code ?? signal}`);
      for (const { reject } of this.#waiting.values()) reject(error);
      this.#waiting.clear();
    });
  }

  get address(): string {
    return `127.0.0.1:${this.options.port}`;
  }

  ask<Name extends keyof PeerCalls>(
    name: Name,
    ...args: Parameters<PeerCalls[Name]>
  ): Promise<ReturnType<PeerCalls[Name]>> {
    return new Promise((resolve, reject) => {
      if (!this.#process.connected) {
        reject(new Error(`${this.options.id} has ended`));
        return;
      }
      this.#calls += 1;
      this.#waiting.set(this.#calls, { resolve: resolve as (value: unknown) => void, reject });
      this.#process.send({ call: this.#calls, name, args }, (error) => {
        if (error !== null) reject(error);
      });
    });
  }

  /** Bytes of parts that it has received; known of a process that was killed, too. */
  get received(): number {
    const bytes = readFileSync(join(this.options.directory, 'received'));
    return new Float64Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + 8))[0] ?? 0;
  }

  async kill(): Promise<void> {
    await this.#end(() => this.#process.kill('SIGKILL'));
  }

  /** Orderly. */
  async end(): Promise<void> {
    await this.#end(() => this.ask('end').catch(() => {}));
  }

  async #end(begin: () => unknown): Promise<void> {
    if (this.#process.exitCode !== null || this.#process.signalCode !== null) return;
    const ended = new Promise((resolve) => this.#process.once('exit', resolve));
    begin();
    await ended;
  }
}
