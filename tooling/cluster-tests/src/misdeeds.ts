import {
  type AnyStateMachine,
  bytesCodec,
  type Entry,
  type EntryDraft,
  EntryKind,
  Framer,
  type Index,
  type SessionPoll,
  type SmaltiError,
  type StateSync,
  type SyncSession,
  type SyncSessionContext,
  type Term,
  toClusterId,
} from '@smalti/core';
import { simHasher } from '@smalti/simulator';

export type BadContext = SyncSessionContext<AnyStateMachine, Uint8Array>;

/** What a bad session does when it is polled. What it answers is its own affair. */
export type Misdeed = (context: BadContext, tools: Tools) => SessionPoll | undefined;

/** What misdeeds are done with. */
export interface Tools {
  /** An entry as a leader of this cluster might have made it. */
  entry(index: number, term: number): Entry;
  /** Called back with what became of an append. */
  done(error: SmaltiError | null): void;
}

const DRAFT: EntryDraft = { kind: EntryKind.empty, payload: new Uint8Array(0) };

/** A strategy whose sessions do one bad thing, and give up when they have been refused. */
export class BadStrategy {
  /** What its requests were answered, and what its calls threw. */
  readonly errors: SmaltiError[] = [];
  /** Requests that were carried out. */
  accepted = 0;
  readonly contexts: BadContext[] = [];
  closed = 0;
  /** Of the cluster, which has to be born first. */
  cluster = '';
  readonly #misdeed: Misdeed;

  constructor(misdeed: Misdeed) {
    this.#misdeed = misdeed;
  }

  get strategy(): StateSync<AnyStateMachine, Uint8Array> {
    return {
      descriptor: { name: 'bad', version: '1.0.0', contract: 'state-sync', contractVersion: 1 },
      name: 'bad',
      wireVersions: { min: 1, max: 1 },
      signature: 'test/bad/1',
      messages: () => bytesCodec,
      createProvider: () => ({ receive: () => false }),
      createSession: (context) => {
        this.contexts.push(context);
        return this.#session();
      },
    };
  }

  /** Does something, and keeps what it throws. */
  attempt(work: () => unknown): void {
    try {
      work();
      this.accepted += 1;
    } catch (error) {
      this.errors.push(error as SmaltiError);
    }
  }

  #session(): SyncSession<AnyStateMachine, Uint8Array> {
    let begun = false;
    return {
      poll: (context) => {
        if (begun) return { failed: this.errors.at(-1) ?? (new Error('nothing came of it') as SmaltiError) };
        begun = true;
        let answer: SessionPoll | undefined;
        try {
          answer = this.#misdeed(context, this.#tools());
        } catch (error) {
          this.errors.push(error as SmaltiError);
          return 'again';
        }
        return answer ?? 'pending';
      },
      receive: () => {},
      close: () => {
        this.closed += 1;
      },
    };
  }

  #tools(): Tools {
    const framer = new Framer(toClusterId(this.cluster), simHasher);
    return {
      entry: (index, term) => {
        const [entry] = framer.seal([DRAFT], index as Index, term as Term, 1);
        if (entry === undefined) throw new Error('nothing was sealed');
        return entry;
      },
      done: (error) => {
        if (error === null) this.accepted += 1;
        else this.errors.push(error);
      },
    };
  }
}
