import {
  decodeEnvelope,
  type Entry,
  type EntryDraft,
  EntryKind,
  type Index,
  type MemberKey,
  type Term,
} from '@smalti/core';
import type { GroupBody } from '@smalti/wire';
import { MAX_BATCH_BYTES, MAX_BATCH_ENTRIES } from './defaults.ts';
import { ForwardReplies } from './forward-replies.ts';
import type { Request, Requests } from './requests.ts';

/** A forward that a follower sent to us, waiting to be proposed. */
interface Foreign {
  /** Null if whoever sent it does not wait for the answer any more. */
  from: MemberKey | null;
  readonly id: number;
  readonly term: Term;
  readonly envelopes: readonly Uint8Array[];
  readonly bytes: number;
}

/** Requests that were forwarded together. */
interface Forward {
  readonly to: MemberKey;
  readonly term: Term;
  readonly requests: Request[];
}

/** Short commands are counted for no less than this part of what they take in a message. */
const COUNTED_SHARE = 0.4;

/** So many may have settled before the queue is swept. */
const SWEEP = 1024;

/** What the intake needs of its surroundings. */
export interface IntakePort {
  /** True if this node leads now. */
  leads(): boolean;
  term(): Term;
  /** The leader, if it is another node and there is a bond to it. */
  leader(): MemberKey | null;
  /** Proposes, for this node and for those; the entries that were made, or null if this node does not lead. */
  propose(drafts: readonly EntryDraft[], writers: readonly MemberKey[]): readonly Entry[] | null;
  /** False if there is no room: then nothing was sent. */
  send(to: MemberKey, body: GroupBody): boolean;
  /** Reads a command as the machine would. @throws if it cannot. */
  decode(command: Uint8Array): unknown;
  note(text: string): void;
  /** Comes back after a while: a leader has refused. */
  retryLater(): void;
}

/**
 * Commands on their way into the log: queued in the order they came, and moved as one batch at the end of a turn.
 * A leader proposes them when the batch before is on its disk: while a write is under way the next batch grows. A
 * follower forwards them to its leader, naming the term.
 *
 * A leader that refuses a forward refuses all that follow it, so that what is sent later never overtakes it. A follower
 * counts its forwards, and after a refusal leaves out a number: that tells the leader that it begins anew.
 */
export class Intake {
  readonly #port: IntakePort;
  readonly #requests: Requests;
  #queue: Request[] = [];
  #foreign: Foreign[] = [];
  #foreignBytes = 0;
  readonly #sent = new Map<number, Forward>();
  /** As a leader: the last forward that was refused, by who sent it. */
  readonly #refused = new Map<MemberKey, { readonly term: Term; readonly id: number }>();
  readonly #replies: ForwardReplies;
  readonly #forwardBytes: number;
  #sweepAt = SWEEP;
  #forwards = 0;
  #held = false;

  /** @param carriedBytes of commands in their envelopes that have room in one message. */
  constructor(port: IntakePort, requests: Requests, carriedBytes: number = Number.MAX_SAFE_INTEGER) {
    this.#port = port;
    this.#requests = requests;
    this.#forwardBytes = Math.min(MAX_BATCH_BYTES, Math.floor(carriedBytes * COUNTED_SHARE));
    this.#replies = new ForwardReplies((to, body) => port.send(to, body));
  }

  /** Requests that are kept here, for tests of the bound. */
  get queued(): number {
    return this.#queue.length;
  }

  /** Forwards that are kept until they are answered, for tests of the bound. */
  get unanswered(): number {
    return this.#sent.size;
  }

  add(request: Request): void {
    if (this.#queue.length >= this.#sweepAt) {
      this.#queue = this.#queue.filter((waiting) => waiting.state === 'queued');
      this.#sweepAt = 2 * this.#queue.length + SWEEP;
    }
    this.#queue.push(request);
  }

  /** A follower forwards commands to us. */
  receive(from: MemberKey, term: Term, id: number, envelopes: readonly Uint8Array[], maxBytes: number): void {
    let bytes = 0;
    for (const envelope of envelopes) bytes += envelope.length;
    const refused = this.#refused.get(from);
    const takes =
      !(refused?.term === term && refused.id + 1 === id) &&
      !this.#replies.owesRefusal(from) &&
      this.#port.leads() &&
      this.#port.term() === term &&
      this.#foreignBytes + bytes <= maxBytes &&
      envelopes.length > 0 &&
      envelopes.every((envelope) => this.#isReadable(envelope));
    if (!takes) {
      this.#refused.set(from, { term, id });
      this.#reply(from, term, id, 0 as Index);
      return;
    }
    this.#refused.delete(from);
    this.#foreign.push({ from, id, term, envelopes, bytes });
    this.#foreignBytes += bytes;
  }

  /** The leader has answered a forward: the commands have their places, or nothing was done with them. */
  answered(from: MemberKey, term: Term, id: number, first: Index): void {
    const forward = this.#sent.get(id);
    if (forward === undefined || forward.to !== from || forward.term !== term) return;
    if (first > 0) {
      // Those before it were placed before it, whether that was told or not.
      for (const earlier of this.#sent.keys()) if (earlier <= id) this.#sent.delete(earlier);
      let index = first;
      for (const request of forward.requests) {
        this.#requests.placed(request, index, term);
        index = (index + request.span) as Index;
      }
      return;
    }
    // Refused: surely nowhere, and neither is what was forwarded after it.
    const back: Request[] = [];
    for (const [later, { requests }] of this.#sent) {
      if (later < id) continue;
      this.#sent.delete(later);
      back.push(...requests.filter((request) => request.state === 'sent'));
    }
    for (const request of back) request.state = 'queued';
    this.#putBack(back);
    this.#forwards += 1;
    this.#held = true;
    this.#port.retryLater();
  }

  #putBack(requests: readonly Request[]): void {
    this.#queue = [...requests, ...this.#queue].sort((a, b) => a.number - b.number);
  }

  /**
   * The leader changed, or its bond ended: what was sent to it may or may not have arrived. What takes effect once
   * however often it is sent goes to the next leader.
   */
  leaderLost(): void {
    this.#sent.clear();
    const back = this.#requests.recall();
    if (back.length > 0) this.#putBack(back);
    this.#held = false;
    for (const foreign of this.#foreign) this.#refuse(foreign);
    this.#foreign = [];
    this.#foreignBytes = 0;
    this.#refused.clear();
    this.#replies.forgetAll();
  }

  /** A bond to a follower began: it counts its forwards anew, or does not wait for what it sent before. */
  rebonded(peer: MemberKey): void {
    this.#refused.delete(peer);
    this.#replies.forget(peer);
    for (const foreign of this.#foreign) if (foreign.from === peer) foreign.from = null;
  }

  release(): void {
    this.#held = false;
  }

  /** At the end of a turn. `busy`: a batch is being written to our disk. */
  flush(busy: boolean): void {
    this.#replies.pay();
    if (this.#port.leads()) {
      if (!busy) this.#propose();
    } else if (!this.#held) {
      this.#forward();
    }
  }

  #propose(): void {
    const drafts: EntryDraft[] = [];
    const { requests, rest } = this.#take(MAX_BATCH_ENTRIES, MAX_BATCH_BYTES);
    for (const request of requests)
      for (const payload of this.#requests.envelopes(request))
        drafts.push({ kind: EntryKind.command, payload });
    const foreign = this.#takeForeign(drafts);
    if (drafts.length === 0) {
      this.#queue = rest;
      return;
    }
    const writers = foreign.flatMap(({ from }) => (from === null ? [] : [from]));
    const entries = this.#port.propose(drafts, writers);
    const head = entries?.[0];
    if (head === undefined) {
      this.#queue = [...requests, ...rest];
      // A leader that hands over takes nothing: what was forwarded to it waits for what comes of that.
      if (this.#port.leads()) this.#keep(foreign);
      else for (const item of foreign) this.#refuse(item);
      return;
    }
    this.#queue = rest;
    let index = head.index;
    for (const request of requests) {
      this.#requests.placed(request, index, head.term);
      index = (index + request.span) as Index;
    }
    for (const item of foreign) {
      this.#reply(item.from, item.term, item.id, index);
      index = (index + item.envelopes.length) as Index;
    }
  }

  #keep(foreign: readonly Foreign[]): void {
    this.#foreign = [...foreign, ...this.#foreign];
    for (const { bytes } of foreign) this.#foreignBytes += bytes;
  }

  #takeForeign(drafts: EntryDraft[]): Foreign[] {
    const term = this.#port.term();
    const taken: Foreign[] = [];
    let bytes = 0;
    while (this.#foreign.length > 0 && drafts.length < 2 * MAX_BATCH_ENTRIES && bytes < MAX_BATCH_BYTES) {
      const item = this.#foreign.shift() as Foreign;
      this.#foreignBytes -= item.bytes;
      if (item.term !== term) {
        this.#refuse(item);
        continue;
      }
      bytes += item.bytes;
      for (const payload of item.envelopes) drafts.push({ kind: EntryKind.command, payload });
      taken.push(item);
    }
    return taken;
  }

  #forward(): void {
    const leader = this.#port.leader();
    if (leader === null) return;
    const term = this.#port.term();
    while (this.#queue.length > 0) {
      const { requests, rest } = this.#take(MAX_BATCH_ENTRIES, this.#forwardBytes);
      if (requests.length === 0) {
        this.#queue = rest;
        return;
      }
      const id = this.#forwards + 1;
      const envelopes = requests.flatMap((request) => this.#requests.envelopes(request));
      if (!this.#port.send(leader, { type: 'forward', term, id, envelopes })) return;
      this.#forwards = id;
      this.#queue = rest;
      for (const request of requests) {
        request.state = 'sent';
        request.term = term;
      }
      this.#sent.set(id, { to: leader, term, requests });
    }
  }

  /** The front of the queue, within bounds but at least one, without what has settled meanwhile. */
  #take(maxEntries: number, maxBytes: number): { requests: Request[]; rest: Request[] } {
    const requests: Request[] = [];
    let entries = 0;
    let bytes = 0;
    let taken = 0;
    for (const request of this.#queue) {
      if (request.state === 'queued') {
        const more = Math.max(1, request.commands.length);
        if (requests.length > 0 && (entries + more > maxEntries || bytes + request.bytes > maxBytes)) break;
        entries += more;
        bytes += request.bytes;
        requests.push(request);
      }
      taken += 1;
    }
    const rest = taken === this.#queue.length ? [] : this.#queue.slice(taken);
    return { requests, rest };
  }

  /** What would poison every replica is refused before it is proposed. */
  #isReadable(envelope: Uint8Array): boolean {
    try {
      const opened = decodeEnvelope(envelope);
      if ('command' in opened) this.#port.decode(opened.command);
      return true;
    } catch (error) {
      this.#port.note(`refuses a forwarded command that the machine cannot read: ${String(error)}`);
      return false;
    }
  }

  #reply(to: MemberKey | null, term: Term, id: number, first: Index): void {
    if (to !== null) this.#replies.give(to, { term, id, first });
  }

  #refuse(item: Foreign): void {
    this.#reply(item.from, item.term, item.id, 0 as Index);
  }
}
