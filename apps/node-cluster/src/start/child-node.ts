import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { isNodeMessage, type NodeMessage } from '../node/index.ts';
import type { NodePlace } from './layout.ts';

/** One node in a process of its own. It ends when this process does, however that ends: its channel closes. */
export class ChildNode {
  readonly place: NodePlace;
  readonly #process: ChildProcess;
  /** Resolves, once the process is gone, with why. */
  readonly ended: Promise<string>;
  online = false;
  alive = true;
  /** Why it is not online, as far as it knows. */
  waitsFor = 'it is starting';
  /** The cluster it belongs to, as it said when it came online. */
  cluster: string | null = null;
  /** The group has removed it: it ends, and nobody misses it. */
  removed = false;
  #failure: string | null = null;

  /** @param changed called after each message. */
  constructor(place: NodePlace, command: readonly string[], changed: () => void) {
    this.place = place;
    const log = openSync(place.log, 'a', 0o600);
    try {
      const [program = process.execPath, ...args] = command;
      this.#process = spawn(program, args, { stdio: ['ignore', log, log, 'ipc'] });
    } finally {
      closeSync(log);
    }
    this.#process.on('message', (message) => {
      if (!isNodeMessage(message)) return;
      this.#hear(message);
      changed();
    });
    this.ended = new Promise((resolve) => {
      this.#process.once('error', (error) => resolve(error.message));
      this.#process.once('exit', (code, signal) => resolve(this.#reason(code, signal)));
    }).then((reason) => {
      this.alive = false;
      this.online = false;
      return String(reason);
    });
  }

  get pid(): number | undefined {
    return this.#process.pid;
  }

  kill(signal: NodeJS.Signals): void {
    if (this.alive) this.#process.kill(signal);
  }

  #hear(message: NodeMessage): void {
    if (message.type === 'online') {
      this.online = message.online;
      this.cluster = message.cluster;
    } else if (message.type === 'started') this.waitsFor = 'it hears no leader yet';
    else if (message.type === 'waiting') this.waitsFor = message.why;
    else {
      this.removed = message.type === 'removed';
      this.#failure = message.line;
    }
  }

  #reason(code: number | null, signal: NodeJS.Signals | null): string {
    if (this.#failure !== null) return this.#failure;
    return signal === null
      ? `exit code ${code}; its log tells more: ${this.place.log}`
      : `killed by ${signal}`;
  }
}
