import type { Cursor, Entry, Index, Member, Term } from '@smalti/core';
import type { EngineOptions } from '../../../src/engine/core.ts';
import { Engine } from '../../../src/engine/engine.ts';
import type { Effect, Input } from '../../../src/engine/io.ts';
import type { Append, Message } from '../../../src/engine/messages.ts';
import { configuration, deepFreeze, hardState, key, logOf, member, optionsOf, shapeOf } from './members.ts';

export interface BenchOptions {
  readonly voters?: readonly string[];
  readonly learners?: readonly string[];
  /** Learners that only read. */
  readonly observers?: readonly string[];
  /** The terms of the entries after entry 1. */
  readonly log?: readonly number[];
  /** So many of the entries are pruned. */
  readonly base?: number;
  readonly term?: number;
  readonly vote?: string;
  readonly commit?: number;
  readonly doubt?: boolean;
  readonly tune?: Partial<EngineOptions>;
}

/** One engine, a, alone with a test that plays everybody else, its disk included. */
export class Bench {
  readonly engine: Engine;
  readonly entries: readonly Entry[];
  now = 0;
  #writes: number[] = [];

  constructor(options: BenchOptions = {}) {
    const plain = configuration(options.voters ?? ['a', 'b', 'c'], options.learners);
    const observers = (options.observers ?? []).map(
      (name): Member => ({ ...member(name), preference: 'observer' }),
    );
    this.entries = logOf({ ...plain, learners: [...plain.learners, ...observers] }, options.log ?? []);
    const last = this.entries.at(-1);
    const vote = options.vote === undefined ? null : key(options.vote);
    const state = hardState(options.term ?? last?.term ?? 1, vote, options.commit ?? 1, options.doubt);
    const recovered = { hardState: state, shape: shapeOf(this.entries, options.base), lastStamp: 0 };
    this.engine = new Engine(optionsOf(key('a'), 7, options.tune), recovered, 0);
    for (const peer of options.voters ?? ['a', 'b', 'c']) {
      if (peer !== 'a') this.step({ type: 'bonded', peer: key(peer), boot: '1' });
    }
  }

  step(input: Input): readonly Effect[] {
    const effects = deepFreeze(this.engine.step(this.now, this.now, deepFreeze(input)));
    for (const effect of effects) {
      if (effect.type === 'persist' || effect.type === 'reset') this.#writes.push(effect.seq);
    }
    return effects;
  }

  /** A message arrives; its effects, and those of the disk if it is quick. */
  hear(from: string, message: Message, disk: 'quick' | 'slow' = 'quick'): readonly Effect[] {
    const effects = this.step({ type: 'message', from: key(from), message });
    return disk === 'quick' ? [...effects, ...this.sync()] : effects;
  }

  /** Every write completes. */
  sync(): readonly Effect[] {
    const effects: Effect[] = [];
    while (this.#writes.length > 0) effects.push(...this.complete());
    return effects;
  }

  /** The oldest write completes. */
  complete(): readonly Effect[] {
    const seq = this.#writes.shift();
    if (seq === undefined) throw new Error('no write is under way');
    return this.step({ type: 'persisted', seq });
  }

  get writes(): readonly number[] {
    return this.#writes;
  }

  /** Lets the engine's next deadline come. */
  tick(): readonly Effect[] {
    this.now = Math.max(this.now, this.engine.nextDeadline());
    return this.step({ type: 'tick' });
  }

  after(ms: number): readonly Effect[] {
    this.now += ms;
    return this.step({ type: 'tick' });
  }

  /** Wins the next election with the votes of b. */
  lead(...voters: readonly string[]): readonly Effect[] {
    const term = (this.engine.view.term + 1) as Term;
    const by = voters.length === 0 ? ['b'] : voters;
    this.tick();
    for (const from of by) this.hear(from, { type: 'pre-vote-reply', term, granted: true, doubtful: false });
    this.sync();
    const effects: Effect[] = [];
    for (const from of by) {
      effects.push(...this.hear(from, { type: 'vote-reply', term, granted: true, doubtful: false }, 'slow'));
    }
    if (this.engine.role !== 'leader') throw new Error(`a is ${this.engine.role}`);
    return effects;
  }
}

export function messages(effects: readonly Effect[]): Message[] {
  return effects.flatMap((effect) => (effect.type === 'send' ? [effect.message] : []));
}

export function to(effects: readonly Effect[], name: string): Message[] {
  const peer = key(name);
  return effects.flatMap((effect) => (effect.type === 'send' && effect.to === peer ? [effect.message] : []));
}

export function persists(effects: readonly Effect[]): Extract<Effect, { type: 'persist' }>[] {
  return effects.flatMap((effect) => (effect.type === 'persist' ? [effect] : []));
}

export function at(index: number, term: number): Cursor {
  return { index: index as Index, term: term as Term };
}

/** An append of term `term`: the commands of `terms` after `prev`. */
export function append(term: number, prev: Cursor, terms: readonly number[], commit = 0): Append {
  const before = Array.from({ length: prev.index - 1 }, () => prev.term as number);
  const entries = logOf(configuration(['a', 'b', 'c']), [...before, ...terms]).slice(prev.index);
  const logEnd = (prev.index + terms.length) as Index;
  return { type: 'append', term: term as Term, prev, entries, commit: commit as Index, logEnd };
}

export function heartbeat(term: number, commit = 0, round = 0, logEnd = 1): Message {
  return {
    type: 'heartbeat',
    term: term as Term,
    commit: commit as Index,
    leaderCommit: commit as Index,
    round,
    logEnd: logEnd as Index,
    heard: 0,
    confirmed: 0,
  };
}

export function ack(term: number, match: number): Message {
  return { type: 'append-reply', term: term as Term, match: match as Index, refused: null, session: 0 };
}

export function beat(term: number, round: number, match: number, received = match): Message {
  return {
    type: 'heartbeat-reply',
    term: term as Term,
    round,
    match: match as Index,
    received: received as Index,
    session: 0,
  };
}
