import { rmSync } from 'node:fs';
import { http } from './http.ts';
import { type Exit, Program } from './program.ts';
import { until } from './until.ts';

/** Where a node lives. */
export interface NodePlace {
  readonly id: string;
  readonly host: string;
  readonly ports: { readonly resp: number; readonly http: number; readonly listen: number };
  readonly data: string;
  readonly log: string;
  readonly namespace: string | null;
  readonly env: Readonly<Record<string, string>>;
}

/** What the tests look at in `GET /status`. */
export interface NodeStatus {
  readonly id: string;
  readonly incarnation: string;
  readonly cluster: string | null;
  readonly group: string;
  readonly pid: number;
  readonly role: string;
  readonly term: number;
  readonly leader: string | null;
  readonly committed: number;
  readonly applied: number;
  readonly log: { readonly first: number; readonly last: number };
  readonly online: boolean;
  readonly voter: boolean;
  readonly trouble: string | null;
  readonly doubt: boolean;
  readonly bonds: readonly { readonly id: string; readonly incarnation: string }[];
  readonly refusals: readonly { readonly code: string; readonly detail: string }[];
  readonly members: readonly {
    readonly id: string;
    readonly incarnation: string;
    readonly role: string;
    /** On the leader: what is known to be on its disk. */
    readonly match: number | null;
  }[];
  readonly sync: {
    readonly session: { readonly strategy: string; readonly verified: number } | null;
    readonly failure: { readonly message: string } | null;
    readonly totals: {
      readonly sessions: number;
      readonly done: number;
      readonly entries: number;
      readonly bySource: Readonly<Record<string, number>>;
    };
  } | null;
  readonly digest: { readonly index: number; readonly sha256: string } | null;
}

/** One node: its place, and the process that runs there now. */
export class ClusterNode {
  readonly place: NodePlace;
  readonly #flags: readonly string[];
  #program: Program | null = null;

  /** @param flags those besides the addresses and directories of the place. */
  constructor(place: NodePlace, flags: readonly string[]) {
    this.place = place;
    this.#flags = flags;
  }

  get id(): string {
    return this.place.id;
  }

  get resp(): string {
    return `${this.place.host}:${this.place.ports.resp}`;
  }

  get http(): string {
    return `${this.place.host}:${this.place.ports.http}`;
  }

  get listen(): string {
    return `${this.place.host}:${this.place.ports.listen}`;
  }

  get alive(): boolean {
    return this.#program !== null && this.#program.exit === null;
  }

  get pid(): number {
    return this.#running.pid;
  }

  /** What all its processes said. */
  get said(): string {
    return this.#running.said;
  }

  /** Resolves when its process ends. */
  get ended(): Promise<Exit> {
    return this.#running.ended;
  }

  get #running(): Program {
    if (this.#program === null) throw new Error(`${this.id} was never launched`);
    return this.#program;
  }

  launch(more: readonly string[] = []): void {
    if (this.alive) throw new Error(`${this.id} is running`);
    const { id, data, log, namespace, env } = this.place;
    const places = ['--id', id, '--resp', this.resp, '--http', this.http, '--listen', this.listen];
    const args = ['node', ...places, '--data', data, ...this.#flags, ...more];
    this.#program = new Program(args, { log, namespace, env });
  }

  /** SIGKILL, and gone. */
  async kill(): Promise<void> {
    if (this.alive) await this.#running.kill();
  }

  pause(): void {
    this.#running.signal('SIGSTOP');
  }

  resume(): void {
    this.#running.signal('SIGCONT');
  }

  /** SIGTERM, and gone; gives what it ended with. */
  async stop(): Promise<Exit> {
    this.#running.signal('SIGTERM');
    return this.#running.ended;
  }

  /** Takes its disk away. */
  wipe(): void {
    if (this.alive) throw new Error(`${this.id} is running`);
    rmSync(this.place.data, { recursive: true });
  }

  async status(query = '', timeoutMs = 2_000): Promise<NodeStatus> {
    const { status, body } = await http(this.http, `/status${query}`, { timeoutMs });
    if (status !== 200) throw new Error(`${this.id} answers ${status}: ${body}`);
    return JSON.parse(body) as NodeStatus;
  }

  /** Resolves when `/readyz` says so. */
  async ready(patienceMs?: number): Promise<void> {
    await until(
      `${this.id} is ready`,
      async () => {
        if (!this.alive) throw new Error(`${this.id} has ended; it said: ${this.said.slice(-2_000)}`);
        const { status, body } = await http(this.http, '/readyz');
        if (status !== 200) throw new Error(body);
        return true;
      },
      patienceMs,
    );
  }
}
