import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const root = join(import.meta.dirname, '..', '..', '..');
/** The built program; `SMALTI_PROGRAM` names another build of it. */
export const PROGRAM = process.env.SMALTI_PROGRAM ?? join(root, 'apps', 'node-cluster', 'dist', 'main.js');

export interface Exit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

export interface ProgramOptions {
  /** Where everything that it says is appended. */
  readonly log: string;
  /** The network namespace that it runs in; null for this one. */
  readonly namespace?: string | null;
  /** Variables besides those of this process, for the program alone. */
  readonly env?: Readonly<Record<string, string>>;
  /** True for a process group of its own, as a terminal gives one to what it runs. */
  readonly ownGroup?: boolean;
}

const living = new Set<Program>();
process.once('exit', killAll);

/** Ends what a test left that did not come to its end. */
export function killAll(): void {
  for (const each of living) each.signal('SIGKILL');
}

/** A process of the built program. It never outlives this one: its channel ends with it. */
export class Program {
  readonly #child: ChildProcess;
  readonly #options: ProgramOptions;
  readonly ended: Promise<Exit>;
  exit: Exit | null = null;

  constructor(args: readonly string[], options: ProgramOptions) {
    this.#options = options;
    const { namespace = null, env = {}, ownGroup = false, log } = options;
    const variables = Object.entries(env).map(([name, value]) => `${name}=${value}`);
    const program = [process.execPath, PROGRAM, ...args];
    const command = variables.length === 0 ? program : ['env', ...variables, ...program];
    const [file = '', ...rest] =
      namespace === null ? command : ['ip', 'netns', 'exec', namespace, ...command];
    const output = openSync(log, 'a', 0o600);
    try {
      this.#child = spawn(file, rest, { stdio: ['ignore', output, output, 'ipc'], detached: ownGroup });
    } finally {
      closeSync(output);
    }
    living.add(this);
    // Nobody here waits for its messages, and its channel shall not keep this process.
    this.#child.on('message', () => {});
    this.ended = new Promise<Exit>((resolve) => {
      this.#child.once('error', () => resolve({ code: null, signal: null }));
      this.#child.once('exit', (code, signal) => resolve({ code, signal }));
    }).then((exit) => {
      this.exit = exit;
      living.delete(this);
      return exit;
    });
  }

  get pid(): number {
    const { pid } = this.#child;
    if (pid === undefined) throw new Error('the process could not be started');
    return pid;
  }

  /** All that was said, by earlier processes with the same log too. */
  get said(): string {
    return readFileSync(this.#options.log, 'utf8');
  }

  /** To the process, or to its whole group if it has one of its own. */
  signal(signal: NodeJS.Signals): void {
    if (this.exit !== null) return;
    if (this.#options.ownGroup !== true) {
      this.#child.kill(signal);
      return;
    }
    try {
      process.kill(-this.pid, signal);
    } catch {
      // It has just gone.
    }
  }

  async kill(): Promise<void> {
    this.signal('SIGKILL');
    await this.ended;
  }
}

/** What ends by itself does so within this, in milliseconds. */
const END_MS = 15_000;

/** Runs the program to its end. If there is none, it is killed. */
export async function runToEnd(
  args: readonly string[],
  options: ProgramOptions,
): Promise<Exit & { said: string }> {
  const program = new Program(args, options);
  const timer = setTimeout(() => program.signal('SIGKILL'), END_MS);
  const exit = await program.ended;
  clearTimeout(timer);
  return { ...exit, said: program.said };
}
