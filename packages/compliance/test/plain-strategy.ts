import {
  type AnyStateMachine,
  ByteReader,
  ByteWriter,
  type Codec,
  DecodeError,
  type Entry,
  type Index,
  joinFrames,
  type PeerId,
  readFrames,
  type SessionPoll,
  SmaltiError,
  type StateSync,
  type SyncProvider,
  type SyncProviderContext,
  type SyncSession,
  type SyncSessionContext,
} from '@smalti/core';

/** What can be wrong with it. Without any of them it is a proper, plain strategy. */
export interface Bugs {
  /** Asks each thing once. */
  readonly asksOnce?: boolean;
  /** Takes whatever is committed for what it asked for, and is content. */
  readonly believesAnyRun?: boolean;
  /** Dies of the first entry that is refused. */
  readonly diesOfDamage?: boolean;
  /** Dies of the first message that cannot be read. */
  readonly diesOfGarbage?: boolean;
  readonly neverEnds?: boolean;
  /** Says that it is done before everything is there. */
  readonly doneEarly?: boolean;
  /** Stays with the first peer that it chose. */
  readonly loyal?: boolean;
  /** Fetches everything before it appends anything. */
  readonly hoards?: boolean;
  /** Goes on after its end. */
  readonly ignoresClose?: boolean;
  /** Has chance of its own. */
  readonly ownChance?: boolean;
  /** Reports what goes back. */
  readonly countsBackwards?: boolean;
  /** Asks for what is above the ceiling, and takes it. */
  readonly aboveCeiling?: boolean;
  /** Reads whatever comes as a message. */
  readonly readsAnything?: boolean;
  /** Its provider throws at a question that it cannot answer. */
  readonly providerThrows?: boolean;
  /** Asks as often as it can. */
  readonly pesters?: boolean;
  /** Does not look whether a message was sent. */
  readonly ignoresRefusals?: boolean;
  /** Fails with an error of its own, and not with why it cannot sync. */
  readonly failsAnyhow?: boolean;
  /** Calls itself another thing each time it is made. */
  readonly changesItsName?: boolean;
}

export type PlainMessage =
  | { readonly kind: 'get'; readonly id: number; readonly first: number; readonly last: number }
  | { readonly kind: 'give'; readonly id: number; readonly first: number; readonly frames: Uint8Array };

type Question = Extract<PlainMessage, { kind: 'get' }>;
type Context = SyncSessionContext<AnyStateMachine, PlainMessage>;
type ProviderContext = SyncProviderContext<AnyStateMachine, PlainMessage>;

let made = 0;

/** Copies from one peer after the other, the leader last, one run at a time. */
export function plainStrategy(bugs: Bugs = {}): StateSync<AnyStateMachine, PlainMessage> {
  made += 1;
  return {
    descriptor: { name: 'plain', version: '1.0.0', contract: 'state-sync', contractVersion: 1 },
    name: bugs.changesItsName ? `plain-${made}` : 'plain',
    wireVersions: { min: 1, max: 1 },
    signature: 'test/plain/1',
    messages: () => codecOf(bugs),
    createProvider: () => new PlainProvider(bugs),
    createSession: (context) => new PlainSession(bugs, context),
  };
}

function codecOf({ readsAnything = false }: Bugs): Codec<PlainMessage> {
  return {
    encode(message) {
      const writer = new ByteWriter().u8(message.kind === 'get' ? 1 : 2);
      writer.varint(message.id).varint(message.first);
      return message.kind === 'get'
        ? writer.varint(message.last).finish()
        : writer.raw(message.frames).finish();
    },
    decode(bytes) {
      if (readsAnything && bytes[0] !== 1 && bytes[0] !== 2) return { kind: 'get', id: 1, first: 1, last: 1 };
      const reader = new ByteReader(bytes);
      const kind = reader.u8();
      const [id, first] = [reader.varint(), reader.varint()];
      if (kind === 2) return { kind: 'give', id, first, frames: reader.raw(reader.remaining) };
      const last = reader.varint();
      if (kind !== 1 || last < first) throw new DecodeError('no message of plain', 0);
      reader.end();
      return { kind: 'get', id, first, last };
    },
  };
}

class PlainProvider implements SyncProvider<AnyStateMachine, PlainMessage> {
  readonly #bugs: Bugs;
  readonly #kept = new Map<PeerId, PlainMessage>();

  constructor(bugs: Bugs) {
    this.#bugs = bugs;
  }

  poll(cx: ProviderContext): 'pending' {
    for (const [peer, message] of this.#kept) if (cx.sendTo(peer, message)) this.#kept.delete(peer);
    return 'pending';
  }

  receive(message: PlainMessage, sender: PeerId, cx: ProviderContext): boolean {
    if (message.kind !== 'get') return false;
    const { id, first } = message;
    const last = Math.min(message.last, cx.committed.index);
    const answer = (entries: readonly Entry[]): void => {
      this.#kept.set(sender, { kind: 'give', id, first, frames: joinFrames(entries) });
      cx.wakeAfter(0);
    };
    if (first <= cx.log.base.index || last < first) {
      if (this.#bugs.providerThrows) throw new Error('nobody asks for that');
      answer([]);
      return true;
    }
    cx.log.read(first as Index, last as Index, cx.maxMessageBytes - 32, (_, entries) =>
      answer(entries ?? []),
    );
    return true;
  }
}

class PlainSession implements SyncSession<AnyStateMachine, PlainMessage> {
  readonly #bugs: Bugs;
  readonly #resting = new Map<PeerId, number>();
  #asked: { readonly peer: PeerId; readonly question: Question; readonly at: number } | null = null;
  #writing = 0;
  #hoard: Entry[] = [];
  #believed = 0;
  #bytes = 0;
  #faithful: PeerId | null = null;

  constructor(bugs: Bugs, cx: Context) {
    this.#bugs = bugs;
    if (!bugs.ignoresClose) return;
    const loop = async (): Promise<void> => {
      // Whatever its signal says.
      for (let n = 0; n < 1_000_000; n++) await new Promise<void>((resolve) => this.#waiting.push(resolve));
    };
    cx.start(loop, 'loop');
  }

  readonly #waiting: (() => void)[] = [];

  poll(cx: Context): SessionPoll {
    const { position, verified } = cx;
    if (this.#writing > 0) return 'pending';
    const short = this.#bugs.doneEarly ? 200 : 0;
    if (!this.#bugs.neverEnds && verified.index + short >= position.index) return { done: cx.log.last };
    if (this.#bugs.neverEnds && verified.index >= position.index) return 'pending';
    if (this.#bugs.believesAnyRun && this.#believed >= position.index - verified.index && this.#believed > 0)
      return 'pending';
    const now = cx.clock.now();
    if (this.#asked !== null && now - this.#asked.at >= cx.timing.electionMs) {
      if (this.#bugs.asksOnce) return 'pending';
      if (this.#bugs.failsAnyhow) return { failed: new Error('no answer') as SmaltiError };
      this.#rest(this.#asked.peer, cx);
    }
    if (this.#asked === null) this.#ask(cx);
    else if (this.#bugs.pesters) cx.sendTo(this.#asked.peer, this.#asked.question);
    cx.wakeAfter(this.#bugs.pesters ? 2 : cx.timing.heartbeatMs);
    return 'pending';
  }

  receive(message: PlainMessage, sender: PeerId, cx: Context): void {
    const asked = this.#asked;
    if (
      asked === null ||
      message.kind !== 'give' ||
      asked.peer !== sender ||
      asked.question.id !== message.id
    )
      return;
    const entries = this.#read(message.frames, cx);
    const begins = entries?.[0]?.index;
    const fits = this.#bugs.believesAnyRun || begins === asked.question.first;
    if (entries === null || entries.length === 0 || !fits) {
      this.#rest(sender, cx);
      return;
    }
    this.#asked = null;
    this.#hoard.push(...entries);
    const end = this.#hoard.at(-1) as Entry;
    if (this.#bugs.hoards && end.index < cx.position.index) return;
    const run = this.#hoard;
    this.#hoard = [];
    this.#believed += this.#bugs.believesAnyRun ? entries.length : 0;
    this.#append(run, cx);
  }

  unreadable(sender: PeerId, cx: Context): void {
    if (this.#bugs.diesOfGarbage) throw new Error('what is that?');
    if (this.#asked?.peer === sender) this.#rest(sender, cx);
  }

  #append(run: readonly Entry[], cx: Context): void {
    this.#writing += 1;
    const end = run.at(-1) as Entry;
    cx.append(run, (error) => {
      this.#writing -= 1;
      if (error !== null) return;
      if (end.index <= cx.verified.index) cx.setCommitted({ index: end.index, term: end.term });
      for (const { frame } of run) this.#bytes += frame.length;
      const bytesDone = this.#bugs.countsBackwards ? 10_000_000 - this.#bytes : this.#bytes;
      const unknown = { bytesTotal: null, partsReused: 0, remainingMs: null };
      cx.report({ phase: 'copying', bytesDone, peers: [], sources: new Map(), ...unknown });
    });
  }

  #read(frames: Uint8Array, cx: Context): readonly Entry[] | null {
    if (this.#bugs.aboveCeiling) return readFrames(frames);
    try {
      return cx.verify(frames);
    } catch (error) {
      if (this.#bugs.diesOfDamage || !(error instanceof SmaltiError)) throw error;
      return null;
    }
  }

  #rest(peer: PeerId, cx: Context): void {
    this.#asked = null;
    // Long enough that everybody else has been asked by then, the leader too.
    this.#resting.set(peer, cx.clock.now() + 8 * cx.timing.electionMs);
  }

  #ask(cx: Context): void {
    const now = cx.clock.now();
    const peer = this.#choose(cx, now);
    if (peer === undefined) return;
    const first = (this.#hoard.at(-1)?.index ?? cx.verified.index) + 1;
    const last = cx.ceiling + (this.#bugs.aboveCeiling ? 1000 : 0);
    const id = 1 + Math.floor(cx.random.next() * 1_000_000_000);
    const question: Question = { kind: 'get', id, first, last };
    if (cx.sendTo(peer, question) || this.#bugs.ignoresRefusals) this.#asked = { peer, question, at: now };
    else this.#rest(peer, cx);
  }

  #choose(cx: Context, now: number): PeerId | undefined {
    if (this.#bugs.loyal && this.#faithful !== null) return this.#faithful;
    const awake = cx.bonds.map(({ id }) => id).filter((id) => (this.#resting.get(id) ?? 0) <= now);
    const followers = awake.filter((id) => id !== cx.leader());
    const from = followers.length > 0 ? followers : awake;
    const chance = this.#bugs.ownChance ? Math.random() : cx.random.next();
    const chosen = from[Math.floor(chance * from.length)];
    this.#faithful = chosen ?? null;
    return chosen;
  }
}
