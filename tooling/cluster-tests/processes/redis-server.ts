import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePorts } from './ports.ts';
import { RespClient } from './resp-client.ts';
import { until } from './until.ts';

/** A real Redis that keeps nothing: Debian has it in the package of this name. Disposing of it leaves nothing behind. */
export class RedisServer implements AsyncDisposable {
  readonly address: string;
  readonly #end: () => Promise<void>;

  private constructor(address: string, end: () => Promise<void>) {
    this.address = address;
    this.#end = end;
  }

  /** Rejects if there is no such program, or it does not serve. */
  static async start(): Promise<RedisServer> {
    const [port] = await freePorts(1);
    const directory = mkdtempSync(join(tmpdir(), 'smalti-redis-'));
    const flags = { port, bind: '127.0.0.1', save: '', appendonly: 'no', dir: directory };
    const words = Object.entries(flags).flatMap(([name, value]) => [`--${name}`, String(value)]);
    const child = spawn('redis-server', words, { stdio: 'ignore' });
    let problem: Error | null = null;
    child.once('error', (error) => {
      problem = error;
    });
    const exited = Promise.race([once(child, 'exit'), once(child, 'error')]).catch(() => {});
    const server = new RedisServer(`127.0.0.1:${port}`, async () => {
      child.kill('SIGKILL');
      await exited;
      rmSync(directory, { recursive: true, force: true });
    });
    try {
      const served = until('redis-server answers', async () => {
        const client = await RespClient.connect(server.address);
        const reply = await client.call('PING');
        client.close();
        return reply === 'PONG';
      });
      const gone = exited.then(() => {
        throw problem ?? new Error(`redis-server ended with ${child.exitCode}`);
      });
      await Promise.race([served, gone]);
      return server;
    } catch (error) {
      await server[Symbol.asyncDispose]();
      throw error;
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#end();
  }
}
