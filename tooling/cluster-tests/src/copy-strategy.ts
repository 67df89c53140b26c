import {
  type AnyStateMachine,
  type Codec,
  type Cursor,
  type Entry,
  fromHex,
  type Index,
  joinFrames,
  type PeerId,
  type ProviderPoll,
  type SessionPoll,
  type StateSync,
  type SyncContext,
  type SyncProvider,
  type SyncProviderContext,
  type SyncSession,
  type SyncSessionContext,
  textCodec,
  toHex,
} from '@smalti/core';

/** What its providers and sessions say to each other. */
export type CopyMessage =
  | { readonly type: 'get'; readonly first: number; readonly last: number }
  | { readonly type: 'give'; readonly first: number; readonly frames: Uint8Array }
  | { readonly type: 'hello'; readonly text: string };

export type CopyProviderContext = SyncProviderContext<AnyStateMachine, CopyMessage>;
export type CopySessionContext = SyncSessionContext<AnyStateMachine, CopyMessage>;

/** One call of the runtime. */
export interface Call {
  readonly node: string;
  readonly at: number;
  /** Counts the providers, and the sessions, of the diary. */
  readonly owner: number;
  readonly what: string;
  readonly details?: unknown;
}

/** All calls to the strategies of a cluster, in order. */
export class Diary {
  readonly calls: Call[] = [];
  readonly providers = new Map<string, CopyProviderContext>();
  readonly sessions: CopySessionContext[] = [];
  /** Entries that a session asks for at a time. */
  pace = 5;
  /** How often a provider answers its first poll with `again`. */
  again = 0;
  /** A provider's word on pruning. */
  prunable: (context: CopyProviderContext) => Index | null = () => null;
  /** Sessions copy all that is committed, and do not say that they are done. */
  hold = false;
  owners = 0;

  of(node: string, what?: string): Call[] {
    return this.calls.filter((call) => call.node === node && (what === undefined || call.what === what));
  }

  /** The details of the last such call. */
  last<T>(node: string, what: string): T {
    const call = this.of(node, what).at(-1);
    if (call === undefined) throw new Error(`${node} was not called for ${what}`);
    return call.details as T;
  }

  strategy(node: string): StateSync<AnyStateMachine, CopyMessage> {
    return {
      descriptor: { name: 'copy', version: '1.0.0', contract: 'state-sync', contractVersion: 1 },
      name: 'copy',
      wireVersions: { min: 1, max: 1 },
      signature: 'test/copy/1',
      messages: () => codec,
      createProvider: (context) => {
        // What providers are given later is this very context.
        this.providers.set(node, context as CopyProviderContext);
        return new CopyProvider(this, node, context);
      },
      createSession: (context, position, leaderCommit, entries) => {
        this.sessions.push(context);
        return new CopySession(this, node, context, { position, leaderCommit, entries });
      },
    };
  }
}

const codec: Codec<CopyMessage> = {
  encode: (message) => {
    const body = message.type === 'give' ? { ...message, frames: toHex(message.frames) } : message;
    return textCodec.encode(JSON.stringify(body));
  },
  decode: (bytes) => {
    const body = JSON.parse(textCodec.decode(bytes));
    return body.type === 'give' ? { ...body, frames: fromHex(body.frames) } : body;
  },
};

/** Writes down what it is called for. */
class Writer {
  readonly #diary: Diary;
  readonly #node: string;
  readonly #clock: { now(): number };
  readonly #owner: number;

  constructor(diary: Diary, node: string, clock: { now(): number }) {
    this.#diary = diary;
    this.#node = node;
    this.#clock = clock;
    diary.owners += 1;
    this.#owner = diary.owners;
  }

  write(what: string, details?: unknown): void {
    const at = this.#clock.now();
    this.#diary.calls.push({ node: this.#node, at, owner: this.#owner, what, details });
  }
}

class CopyProvider implements SyncProvider<AnyStateMachine, CopyMessage> {
  readonly #diary: Diary;
  readonly #writer: Writer;
  #again: number;

  constructor(diary: Diary, node: string, context: SyncContext<AnyStateMachine, CopyMessage>) {
    this.#diary = diary;
    this.#writer = new Writer(diary, node, context.clock);
    this.#again = diary.again;
    this.#writer.write('createProvider', { leader: context.leader() });
  }

  poll(): ProviderPoll {
    this.#writer.write('provider.poll');
    if (this.#again === 0) return 'pending';
    this.#again -= 1;
    return 'again';
  }

  receive(message: CopyMessage, sender: PeerId, context: CopyProviderContext): boolean {
    const taken = message.type !== 'give';
    this.#writer.write('provider.receive', { message, sender, taken });
    if (message.type !== 'get') return taken;
    const last = Math.min(message.last, context.committed.index) as Index;
    if (last < message.first) return true;
    context.log.read(message.first as Index, last, 1024 * 1024, (error, entries) => {
      if (error !== null) return;
      context.sendTo(sender, { type: 'give', first: message.first, frames: joinFrames(entries) });
    });
    return true;
  }

  safeToPrunePrefix(context: CopyProviderContext): Index | null {
    return this.#diary.prunable(context);
  }

  committed(at: Cursor): void {
    this.#writer.write('provider.committed', at);
  }

  close(): void {
    this.#writer.write('provider.close');
  }
}

interface Beginning {
  readonly position: Cursor;
  readonly leaderCommit: Index;
  readonly entries: readonly Entry[];
}

/** Copies a few entries at a time, from one peer after the other. */
class CopySession implements SyncSession<AnyStateMachine, CopyMessage> {
  readonly #diary: Diary;
  readonly #writer: Writer;
  #turn = 0;
  #askedAt = Number.NEGATIVE_INFINITY;
  #writing = 0;

  constructor(diary: Diary, node: string, context: CopySessionContext, beginning: Beginning) {
    this.#diary = diary;
    this.#writer = new Writer(diary, node, context.clock);
    this.#writer.write('createSession', beginning);
  }

  poll(context: CopySessionContext): SessionPoll {
    this.#writer.write('session.poll');
    const { verified, position, ceiling, log } = context;
    if (this.#writing > 0) return 'pending';
    const { hold } = this.#diary;
    if (hold && verified.index >= ceiling) return 'pending';
    if (!hold && verified.index >= position.index) {
      this.#writer.write('session.done', log.last);
      return { done: log.last };
    }
    const now = context.clock.now();
    const peers = context.bonds;
    const peer = peers[this.#turn % Math.max(1, peers.length)];
    if (peer !== undefined && now - this.#askedAt >= context.timing.heartbeatMs) {
      this.#turn += 1;
      const first = verified.index + 1;
      const sent = context.sendTo(peer.id, { type: 'get', first, last: first + this.#diary.pace - 1 });
      if (sent) this.#askedAt = now;
    }
    context.wakeAfter(context.timing.heartbeatMs);
    return 'pending';
  }

  receive(message: CopyMessage, sender: PeerId, context: CopySessionContext): void {
    this.#writer.write('session.receive', { message, sender });
    if (message.type !== 'give') return;
    this.#askedAt = Number.NEGATIVE_INFINITY;
    const entries = context.verify(message.frames);
    const last = entries.at(-1);
    if (last === undefined || last.index <= context.verified.index) return;
    this.#writing += 1;
    context.append(entries, (error) => {
      this.#writing -= 1;
      if (error === null) context.setCommitted({ index: last.index, term: last.term });
      this.#writer.write('session.durable', { index: last.index, error });
    });
  }

  buffer(position: Cursor, count: number, bytes: number): void {
    this.#writer.write('session.buffer', { position, count, bytes });
  }

  close(): void {
    this.#writer.write('session.close');
  }
}
