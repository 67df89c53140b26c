import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { NodeStatus } from './cluster-node.ts';
import { http } from './http.ts';
import { freeBase } from './ports.ts';
import { type Exit, Program } from './program.ts';
import { until } from './until.ts';

/** True while there is a process of that number. */
export function runs(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

/** A place for `smalti start`, and the starts that happen there. Each has a process group, as in a terminal. */
export class StartPlace implements AsyncDisposable {
  readonly directory = mkdtempSync(join(tmpdir(), 'smalti-start-'));
  readonly data = join(this.directory, 'data');
  readonly base: number;
  readonly nodes: number;
  readonly #programs: Program[] = [];

  private constructor(base: number, nodes: number) {
    this.base = base;
    this.nodes = nodes;
  }

  static async find(nodes = 3): Promise<StartPlace> {
    return new StartPlace(await freeBase(nodes), nodes);
  }

  resp(i: number): string {
    return `127.0.0.1:${this.base + i}`;
  }

  http(i: number): string {
    return `127.0.0.1:${this.base + 1_000 + i}`;
  }

  launch(more: readonly string[] = []): Program {
    const log = join(this.directory, `start-${this.#programs.length + 1}.log`);
    const args = ['start', '--base-port', String(this.base), '--data', this.data, ...more];
    const program = new Program(args, { log, ownGroup: true });
    this.#programs.push(program);
    return program;
  }

  /** Resolves with its last line, `ready …`. */
  async ready(program: Program): Promise<string> {
    return until('start says ready', () => {
      const line = program.said.split('\n').find((each) => each.startsWith('ready '));
      if (line === undefined && program.exit !== null) throw new Error(`it has ended: ${program.said}`);
      return line;
    });
  }

  async statuses(): Promise<NodeStatus[]> {
    const numbers = Array.from({ length: this.nodes }, (_, i) => i + 1);
    const answers = await Promise.all(numbers.map((i) => http(this.http(i), '/status')));
    return answers.map(({ body }) => JSON.parse(body) as NodeStatus);
  }

  async pids(): Promise<number[]> {
    return (await this.statuses()).map(({ pid }) => pid);
  }

  /** What Ctrl-C does: SIGINT to the whole group. Gives what start ended with. */
  async interrupt(program: Program): Promise<Exit> {
    program.signal('SIGINT');
    return program.ended;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.#programs.map((program) => program.kill()));
    if (process.env.SMALTI_KEEP === undefined) rmSync(this.directory, { recursive: true, force: true });
  }
}
