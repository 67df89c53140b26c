import {
  type AnyStateMachine,
  type Cursor,
  type Entry,
  type Framer,
  joinFrames,
  type PartName,
  type PeerId,
  payloadOf,
  readFrames,
  type StateSync,
  type SyncProvider,
  type Term,
} from '@smalti/core';
import type { EntryRun, LogReplayMessage } from '@smalti/log-replay';
import { type PartsAnswer, partLies } from './part-lies.ts';

/** A message of whatever strategy, and what is looked at of those about leases. */
export interface Heard {
  readonly type?: string;
  readonly nonce?: number;
  readonly at?: Cursor;
  readonly root?: PartName;
  readonly release?: boolean;
}

/** What a peer says it has of checkpoints. */
interface Offer {
  readonly type: 'offer';
  readonly checkpoints: readonly { readonly at: Cursor }[];
}

/** Messages of the strategies that are known here: of entries, of parts, and of entries that belong to parts. */
type Said =
  | LogReplayMessage
  | PartsAnswer
  | Offer
  | { readonly type: 'entries'; readonly message: LogReplayMessage };

/** How a provider may be wrong. */
export const LIES = [
  'damaged',
  'empty',
  'cut off',
  'short',
  'stale',
  'overlapping',
  'reordered',
  'wrong term before',
  'silent',
] as const;

export type Lie = (typeof LIES)[number] | 'boastful' | 'phantoms' | 'old session';

/** A provider that answers as its strategy does, until it is told to lie. */
export class Liar {
  lie: Lie | null = null;
  /** How many answers were lies. */
  told = 0;
  /** It has told one for which it may be blamed. What is of another session is nobody's fault, and is passed over. */
  isToBlame = false;
  /** Told what peers ask of the provider. */
  heard: (message: Heard, sender: PeerId) => void = () => {};
  /** Makes phantoms. Only where that lie is told. */
  framer: Framer | null = null;
  #earlierRuns: EntryRun[] = [];
  #earlierParts: PartsAnswer[] = [];

  /** The strategy, with this provider in the place of its own. */
  of<Machine extends AnyStateMachine, Message>(
    strategy: StateSync<Machine, Message>,
  ): StateSync<Machine, Message> {
    return {
      ...strategy,
      createProvider: (context) => this.#provider(strategy.createProvider(context)),
    };
  }

  #provider<Machine extends AnyStateMachine, Message>(
    honest: SyncProvider<Machine, Message>,
  ): SyncProvider<Machine, Message> {
    const { poll, receive } = honest;
    return new Proxy(honest, {
      get: (target, name) => {
        if (name === 'poll') return (cx: object) => poll?.call(target, this.#context(cx) as never);
        if (name === 'receive') {
          return (message: Message, sender: PeerId, cx: object) => {
            this.heard(message as Heard, sender);
            return receive.call(target, message, sender, this.#context(cx) as never);
          };
        }
        const value: unknown = Reflect.get(target, name, target);
        return typeof value === 'function' ? value.bind(target) : value;
      },
    });
  }

  /** Answers go through here. */
  #context(context: object): object {
    return new Proxy(context, {
      get: (target, name) => {
        const value: unknown = Reflect.get(target, name, target);
        if (typeof value !== 'function') return value;
        const call = value.bind(target);
        if (name !== 'sendTo') return call;
        return (peer: PeerId, message: Said): boolean => {
          const said = this.#say(message);
          for (const each of said.slice(0, -1)) call(peer, each);
          const last = said.at(-1);
          return last === undefined || call(peer, last);
        };
      },
    });
  }

  #say(message: Said): readonly Said[] {
    const { lie } = this;
    if (message.type === 'entries')
      return this.#say(message.message).map((said) => ({ ...message, message: said as LogReplayMessage }));
    const tampered = this.#sayInstead(message);
    if (tampered === null || lie === null) return [message];
    this.told += 1;
    if (lie !== 'old session') this.isToBlame = true;
    return tampered;
  }

  /** Null if it is the truth. */
  #sayInstead(message: Said): readonly Said[] | null {
    const { lie } = this;
    if (lie === 'boastful') {
      if (message.type === 'available') return [{ ...message, last: message.last + 1_000_000 }];
      if (message.type === 'offer') return [boasted(message)];
      return null;
    }
    if (message.type === 'run') {
      const earlier = this.#earlierRuns;
      this.#earlierRuns = [...earlier.slice(-3), message];
      return lie && this.#tamper(lie, message, earlier);
    }
    if (message.type === 'parts') {
      const earlier = this.#earlierParts;
      this.#earlierParts = [...earlier.slice(-3), message];
      return lie && partLies(lie, message, earlier);
    }
    return null;
  }

  #tamper(lie: Lie, message: EntryRun, earlier: readonly EntryRun[]): readonly LogReplayMessage[] | null {
    const { frames, nonce, id, first } = message;
    const entries = readFrames(frames);
    const before = earlier.at(-1);
    switch (lie) {
      case 'damaged': {
        const copy = frames.slice();
        copy[copy.length - 1] = (copy.at(-1) ?? 0) ^ 1;
        return [{ ...message, frames: copy }];
      }
      case 'empty':
        return [{ ...message, frames: new Uint8Array(0) }];
      case 'cut off':
        return [{ ...message, frames: frames.subarray(0, frames.length - 5) }];
      case 'short':
        return [{ ...message, frames: joinFrames(entries.slice(0, 1)) }];
      case 'stale':
        return before === undefined ? null : [{ ...before, nonce, id }];
      case 'overlapping':
        if (before?.nonce !== nonce) return null;
        return [
          { ...message, first: before.first, frames: joinFrames([...readFrames(before.frames), ...entries]) },
        ];
      case 'reordered':
        return entries.length < 2 ? null : [{ ...message, frames: joinFrames(entries.toReversed()) }];
      case 'wrong term before':
        return [{ ...message, prevTerm: message.prevTerm + 1 }];
      case 'phantoms':
        return [{ ...message, frames: joinFrames(this.#phantomsOf(entries)) }];
      case 'old session': {
        const old = earlier.filter((run) => run.nonce !== nonce).map((run) => ({ ...run, id, first }));
        return old.length === 0 ? null : [...old, message];
      }
      default:
        return [];
    }
  }

  /** Whole entries of this cluster, with checksums that hold, that a deposed leader might have written. */
  #phantomsOf(entries: readonly Entry[]): readonly Entry[] {
    const { framer } = this;
    if (framer === null) throw new Error('nobody can make phantoms without a framer');
    return entries.flatMap((entry) => {
      const draft = { kind: entry.kind, payload: payloadOf(entry) };
      return framer.seal([draft], entry.index, Math.max(1, entry.term - 1) as Term, entry.stamp);
    });
  }
}

/** It has what nobody has yet. */
function boasted(offer: Offer): Offer {
  const checkpoints = offer.checkpoints.map((each) => ({
    ...each,
    at: { ...each.at, index: (each.at.index + 1_000_000) as Cursor['index'] },
  }));
  return { ...offer, checkpoints };
}
