import {
  type ClientSessionId,
  cursor,
  type GroupId,
  SmaltiError,
  toClientSessionId,
  toGroupId,
} from '@smalti/core';
import type {
  Answer,
  CallOptions,
  Checkpoints,
  CommandOptions,
  CommandOutcome,
  Consistency,
  Done,
  EventOptions,
  Executed,
  ExecutedMany,
  Fed,
  GroupEvent,
  GroupStatus,
  MemberChange,
  Members,
  SkipOptions,
  SkippedCommand,
  When,
} from '@smalti/raft';
import { type KvCommand, KvMachine, type KvQuery, type KvResult } from '../../src/machine/index.ts';
import type { KvGroup, KvHandle, KvService } from '../../src/service/index.ts';

/** A group of one, without a log: what servers are tested on where the log does not matter. */
export class FakeGroup implements KvGroup {
  readonly id: GroupId = toGroupId('0'.repeat(64));
  readonly machine = new KvMachine();
  applied = 0;
  /** Numbers of sessions that commands came with. */
  readonly numbers: string[] = [];
  /** How often a handle was closed. */
  closed = 0;
  /** Group time of what is applied next. */
  time = Date.now();
  /** What the next calls end with, before anything is done. */
  readonly failures: SmaltiError[] = [];
  /** How old what it has may be. */
  ageMs: number | null = 7;
  /** While true, nothing is answered. */
  held = false;
  #queue: (() => void)[] = [];
  #looks = new Map<number, (() => void)[]>();

  leader = 'n1';

  readonly checkpoints: Checkpoints = {
    list: () => [],
    take: () => Promise.reject(new SmaltiError('BAD_OPTION', 'this node keeps no checkpoints')),
  };

  get when(): When {
    const led = async (): Promise<void> => {
      this.waits++;
    };
    const when: Partial<When> = {
      leaderIs: led,
      leaderChanged: async () => {
        this.leader = 'n2';
        await led();
        return this.leader as never;
      },
    };
    return when as When;
  }

  /** How often it was waited for another leader. */
  waits = 0;

  /** What was asked of the members, in order. */
  readonly asked: (readonly [readonly MemberChange[] | 'transfer' | 'skip', unknown, unknown?])[] = [];

  /** Fails with what `failures` says, and changes nothing. */
  get members(): Members {
    const ask = async (...asked: (typeof this.asked)[number]): Promise<never> => {
      this.asked.push(asked);
      const error = this.failures.shift();
      if (error !== undefined) throw error;
      return 7 as never;
    };
    const members: Partial<Members> = {
      change: (changes, options) => ask(changes, options),
      transfer: (to, options) => ask('transfer', to, options),
    };
    return members as Members;
  }

  /** Fails with what `failures` says, and skips nothing. */
  async skip(index: number, options: SkipOptions): Promise<SkippedCommand> {
    this.asked.push(['skip', index, options]);
    const error = this.failures.shift();
    if (error !== undefined) throw error;
    const { reason } = options;
    return { entry: cursor(2, index), at: cursor(3, index + 5), by: 'n1' as never, reason };
  }

  handle(): KvHandle {
    return this;
  }

  submit(command: KvCommand, done: Done<Executed<KvResult>>, { as, through }: CommandOptions = {}): void {
    this.#later(() => {
      const error = this.failures.shift();
      if (error !== undefined) return done(error, null);
      if (as !== undefined) this.numbers.push(`${as.session} ${as.sequence} ${through}`);
      const { commands } = this.machine;
      const result = this.machine.apply(commands.decode(commands.encode(command)), { time: this.time });
      this.applied++;
      done(null, { result, at: cursor(2, this.applied) });
      for (const look of this.#looks.get(this.applied) ?? []) look();
    });
  }

  ask(query: KvQuery, done: Done<Answer<KvResult>>): void {
    this.#later(() => {
      const error = this.failures.shift();
      if (error !== undefined) return done(error, null);
      done(null, { result: this.machine.query(query), at: cursor(2, this.applied), ageMs: 0 });
    });
  }

  execute(command: KvCommand, options?: CommandOptions): Promise<Executed<KvResult>> {
    return promised((done) => this.submit(command, done, options));
  }

  /** What its status says besides the usual. */
  readonly says: { members: unknown[]; bonds: unknown[] } = { members: [], bonds: [] };

  /** What it tells of catching up. */
  sync: GroupStatus['sync'] = null;
  kept: GroupStatus['checkpoints'] = null;

  query(query: KvQuery, consistency: Consistency): Promise<Answer<KvResult>> {
    const { ageMs } = this;
    const fresh = typeof consistency !== 'string' && ageMs !== null && ageMs <= consistency.maxAgeMs;
    if (consistency === 'weak' || fresh) {
      const error = this.failures.shift();
      if (error !== undefined) return Promise.reject(error);
      return Promise.resolve({ result: this.machine.query(query), at: cursor(2, this.applied), ageMs });
    }
    return promised((done) => this.ask(query, done));
  }

  /** What is told to whoever reads events, until it is null. */
  readonly news: (GroupEvent | null)[] = [];
  readers = 0;

  async *events({ signal }: EventOptions = {}): AsyncIterable<GroupEvent> {
    this.readers++;
    for (;;) {
      const event = this.news.shift();
      if (event === null || signal?.aborted) break;
      if (event !== undefined) yield event;
      else await new Promise((resolve) => setImmediate(resolve));
    }
    this.readers--;
  }

  ready(): Promise<void> {
    throw new Error('not here');
  }

  executeMany(): Promise<ExecutedMany<KvResult>> {
    throw new Error('not here');
  }

  outcome(): Promise<CommandOutcome<KvResult>> {
    throw new Error('not here');
  }

  openSession(): Promise<ClientSessionId> {
    const error = this.failures.shift();
    return error === undefined
      ? Promise.resolve(toClientSessionId('0123456789abcdef'.repeat(2)))
      : Promise.reject(error);
  }

  feed(): Promise<Fed> {
    throw new Error('not here');
  }

  feedMany(): Promise<Fed> {
    throw new Error('not here');
  }

  status(): GroupStatus {
    return {
      id: 'n1',
      incarnation: 'ab'.repeat(16),
      boot: 'cd'.repeat(8),
      group: this.id,
      cluster: 'ef'.repeat(16),
      role: 'leader',
      term: 2,
      leader: this.leader,
      committed: cursor(2, this.applied),
      applied: cursor(2, this.applied),
      log: { first: 1, last: this.applied, bytes: 123 },
      ...this.says,
      refusals: [],
      voter: true,
      trouble: null,
      doubt: false,
      ageMs: this.ageMs,
      pending: { commands: 0, commandBytes: 0, reads: 0 },
      sync: this.sync,
      checkpoints: this.kept,
    } as unknown as GroupStatus;
  }

  at<T>(
    index: number,
    look: (machine: KvMachine, at: Answer<unknown>['at']) => T,
    options?: CallOptions,
  ): Promise<T> {
    if (index < this.applied) {
      return Promise.reject(new SmaltiError('INDEX_PASSED', `index ${index} was passed`));
    }
    return new Promise((resolve, reject) => {
      const now = (): void => resolve(look(this.machine, cursor(2, index)));
      if (index === this.applied) return now();
      this.#looks.set(index, [...(this.#looks.get(index) ?? []), now]);
      setTimeout(() => reject(new SmaltiError('TIMEOUT', 'no such index yet')), options?.timeoutMs ?? 10_000);
    });
  }

  /** Answers what was held. */
  release(): void {
    this.held = false;
    const queue = this.#queue;
    this.#queue = [];
    for (const work of queue) work();
  }

  close(): Promise<void> {
    this.closed++;
    return Promise.resolve();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  #later(work: () => void): void {
    this.#queue.push(work);
    setImmediate(() => {
      if (!this.held) this.release();
    });
  }
}

/** A service on a fake group. */
export function fakeService(
  group: FakeGroup,
): KvService & { group: KvGroup | null; online: boolean; checkpoints: KvService['checkpoints'] } {
  return {
    node: {
      id: 'n1',
      version: '0.0.0',
      listen: '127.0.0.1:9001',
      resp: '127.0.0.1:7001',
      http: '127.0.0.1:8001',
    },
    machine: group.machine,
    group,
    checkpoints: null,
    online: true,
  };
}

function promised<T>(start: (done: Done<T>) => void): Promise<T> {
  return new Promise((resolve, reject) => {
    start((error, value) => (value === null ? reject(error ?? new Error('no value')) : resolve(value)));
  });
}
