import {
  type AnyStateMachine,
  ByteReader,
  ByteWriter,
  type Codec,
  type Cursor,
  DecodeError,
  type Entry,
  type Index,
  joinFrames,
  type PeerId,
  SmaltiError,
  type StateSync,
  type SyncProvider,
  type SyncProviderContext,
} from '@smalti/core';
import { type AsyncSessionContext, asyncSession } from '@smalti/sync-kit';

/**
 * A `pull` asks for committed entries, from `first` on and none after `last`. It is answered with a `run` of frames, as
 * they lie in the log; or with `nothing` and what can be read there instead: no entry if `last` is `first - 1`.
 */
export type MirrorMessage =
  | Readonly<{ kind: 'pull' | 'nothing'; nonce: number; first: number; last: number }>
  | Readonly<{ kind: 'run'; nonce: number; frames: Uint8Array }>;

const KINDS = ['pull', 'run', 'nothing'] as const;

/** Version 1. What it decodes came from a peer: it takes what `encode` writes, and throws on everything else. */
export const mirrorCodec: Codec<MirrorMessage> = {
  encode(message) {
    const writer = new ByteWriter();
    writer.u8(KINDS.indexOf(message.kind) + 1).varint(message.nonce);
    if (message.kind === 'run') return writer.raw(message.frames).finish();
    return writer.varint(message.first).varint(message.last).finish();
  },
  decode(bytes) {
    const reader = new ByteReader(bytes);
    const kind = KINDS[reader.u8() - 1];
    const nonce = reader.varint();
    if (kind === 'run') return { kind, nonce, frames: reader.raw(reader.remaining) };
    const [first, last] = [reader.varint(), reader.varint()];
    if (kind === undefined || first < 1 || last < first - 1) throw new DecodeError('no message of mirror', 0);
    reader.end(); // Nothing may be left over.
    return { kind, nonce, first, last };
  },
};

type ProviderContext = SyncProviderContext<AnyStateMachine, MirrorMessage>;

/** Bytes of entries in one answer, and of a message around them, at most. */
const RUN_BYTES = 256 * 1024;
const OVERHEAD_BYTES = 32;

/** Lives on every node. It has one answer for each peer at a time: that is the bound of its memory. */
class MirrorProvider implements SyncProvider<AnyStateMachine, MirrorMessage> {
  /** What has found no room yet; null while the log is being read. */
  readonly #answers = new Map<PeerId, MirrorMessage | null>();

  receive(message: MirrorMessage, sender: PeerId, cx: ProviderContext): boolean {
    if (message.kind !== 'pull') return false; // An answer: this node's session gets it.
    if (this.#answers.get(sender) === null) return true; // Whoever asks twice at once waits in vain for one.
    const { nonce, first } = message;
    const here = committedRange(cx);
    const nothing: MirrorMessage = { kind: 'nothing', nonce, ...here };
    const last = Math.min(message.last, here.last);
    const readable = here.first <= first && first <= last;
    this.#answers.set(sender, readable ? null : nothing);
    if (!readable) return true; // A poll follows each call.
    const maxBytes = Math.min(RUN_BYTES, cx.maxMessageBytes - OVERHEAD_BYTES);
    // Nothing waits here: the callback comes later, as a call of its own, and never after this provider's end.
    cx.log.read(first as Index, last as Index, maxBytes, (error, entries) => {
      if (this.#answers.get(sender) !== null) return; // The peer has left meanwhile.
      const frames = error === null ? joinFrames(entries) : new Uint8Array();
      // One entry is read whatever its size, and `sendTo` throws on what is too long.
      const fits = frames.length > 0 && frames.length <= cx.maxMessageBytes - OVERHEAD_BYTES;
      this.#answers.set(sender, fits ? { kind: 'run', nonce, frames } : nothing);
      cx.wakeAfter(0);
    });
    return true;
  }

  poll(cx: ProviderContext): 'pending' {
    const bonded = new Set(cx.bonds.map(({ id }) => id));
    for (const [peer, answer] of this.#answers) {
      if (!bonded.has(peer) || (answer !== null && cx.sendTo(peer, answer))) this.#answers.delete(peer);
    }
    return 'pending'; // It is polled again when there is room to send.
  }
}

/** Only what is committed may leave a node. */
function committedRange({ log, committed }: ProviderContext): { first: number; last: number } {
  const { first, last } = log.available ?? { first: log.base.index + 1, last: log.base.index };
  return { first, last: Math.max(first - 1, Math.min(last, committed.index)) };
}

type SessionContext = AsyncSessionContext<AnyStateMachine, MirrorMessage>;

/** What a peer did wrong, or did not do. Another one is tried. */
class PeerFailed extends Error {}

/** One episode on the node that lags. What it gives is the durable end of the log; what it throws is why it failed. */
async function catchUp(cx: SessionContext): Promise<Cursor> {
  /** Who has failed since something was copied last, and why. */
  const failed = new Map<PeerId, string>();
  const sources = new Map<PeerId, number>();
  let bytesDone = 0;
  // What is committed beyond the position the leader sends. Under load the ceiling would never be reached.
  while (cx.verified.index < cx.position.index) {
    const peer = choose(cx, failed);
    try {
      await copyFrom(peer, cx, (entries) => {
        failed.clear();
        sources.set(peer, (sources.get(peer) ?? 0) + entries.length);
        for (const { frame } of entries) bytesDone += frame.length;
        // For operators. More bytes, as entries that are appended, put off the deadline without progress.
        const unknown = { bytesTotal: null, partsReused: 0, remainingMs: null };
        cx.report({ phase: 'copying', bytesDone, peers: [peer], sources, ...unknown });
      });
    } catch (error) {
      const refused = error instanceof SmaltiError && error.code === 'SYNC_REFUSED';
      if (!refused && !(error instanceof PeerFailed)) throw error; // Its own bug, or the session's end.
      failed.set(peer, error.message);
      cx.logger.warn('a peer is given up', { peer, reason: error.message });
    }
  }
  return cx.log.last;
}

/** Any follower; the leader, which has other work, when nobody else is left. */
function choose(cx: SessionContext, failed: ReadonlyMap<PeerId, string>): PeerId {
  const left = cx.bonds.map(({ id }) => id).filter((id) => !failed.has(id));
  const followers = left.filter((id) => id !== cx.leader());
  const chosen = followers[Math.floor(cx.random.next() * followers.length)] ?? left[0];
  if (chosen !== undefined) return chosen;
  const why = [...failed].map((entry) => entry.join(': ')).join('; ') || 'nobody is bonded';
  const what = `entries ${cx.verified.index + 1} to ${cx.position.index}`;
  throw new SmaltiError('CANNOT_SYNC', `no peer gave ${what} (${why})`);
}

/** Ends when the position is reached. @throws PeerFailed, or SmaltiError `SYNC_REFUSED`: it is the peer's fault. */
async function copyFrom(peer: PeerId, cx: SessionContext, copied: (entries: readonly Entry[]) => void) {
  let first = cx.verified.index + 1;
  let asked: number | null = await ask(peer, first, cx);
  while (asked !== null) {
    const entries = cx.verify(await answerOf(peer, asked, cx)); // Undamaged and committed. Also what was asked for?
    const end = entries.at(-1);
    if (entries[0]?.index !== first || end === undefined)
      throw new PeerFailed(`its run is not from ${first} on`);
    const durable = cx.append(entries);
    first = end.index + 1;
    // The next run travels while this one is written.
    asked = end.index < cx.position.index ? await ask(peer, first, cx) : null;
    await durable;
    cx.setCommitted({ index: end.index, term: end.term });
    copied(entries);
  }
}

/** Gives the number of the question, which the answer repeats: nothing else, not even of an older session, matches. */
async function ask(peer: PeerId, first: number, cx: SessionContext): Promise<number> {
  const nonce = Math.floor(cx.random.next() * Number.MAX_SAFE_INTEGER);
  const until = cx.clock.now() + cx.timing.electionMs;
  // A run that goes above the ceiling is refused as a whole, so that none is asked for.
  while (!cx.sendTo(peer, { kind: 'pull', nonce, first, last: cx.ceiling })) {
    if (cx.clock.now() >= until) throw new PeerFailed('nothing can be sent to it');
    await cx.sleep(cx.timing.heartbeatMs);
  }
  return nonce;
}

async function answerOf(peer: PeerId, nonce: number, cx: SessionContext): Promise<Uint8Array> {
  const until = cx.clock.now() + cx.timing.electionMs;
  for (let left = cx.timing.electionMs; left > 0; left = until - cx.clock.now()) {
    const { sender, message } = (await cx.receive(left)) ?? {};
    if (sender !== peer) continue;
    if (!message) throw new PeerFailed('its message cannot be read');
    if (message.nonce !== nonce || message.kind === 'pull') continue;
    if (message.kind === 'run') return message.frames;
    throw new PeerFailed(`it has entries ${message.first} to ${message.last}`);
  }
  throw new PeerFailed(`it did not answer within ${cx.timing.electionMs} ms`);
}

/** Catches up from one peer at a time. */
export function mirror(): StateSync<AnyStateMachine, MirrorMessage> {
  return {
    descriptor: { name: 'mirror', version: '1.0.0', contract: 'state-sync', contractVersion: 1 },
    name: 'mirror',
    wireVersions: { min: 1, max: 1 },
    signature: 'example.com/mirror/1',
    messages: () => mirrorCodec,
    createProvider: () => new MirrorProvider(),
    createSession: () => asyncSession(catchUp, { maxQueued: 16 }),
  };
}
