import {
  type AnyStateMachine,
  type Entry,
  type Framer,
  joinFrames,
  type PeerId,
  payloadOf,
  readFrames,
  type StateSync,
  type SyncProvider,
  type Term,
} from '@smalti/core';
import type { EntryRun, LogReplayMessage } from '@smalti/log-replay';

type Strategy = StateSync<AnyStateMachine, LogReplayMessage>;
type Provider = SyncProvider<AnyStateMachine, LogReplayMessage>;

/** How a provider of log replay may be wrong. */
export const LIES = [
  'damaged',
  'empty',
  'cut off',
  'short',
  'stale',
  'overlapping',
  'wrong term before',
  'silent',
] as const;

export type Lie = (typeof LIES)[number] | 'boastful' | 'phantoms' | 'old session';

/** A provider that answers as log replay does, until it is told to lie. */
export class Liar {
  lie: Lie | null = null;
  /** How many answers were lies. */
  told = 0;
  /** Makes phantoms. Only where that lie is told. */
  framer: Framer | null = null;
  #earlier: EntryRun[] = [];

  /** The strategy, with this provider in the place of its own. */
  of(strategy: Strategy): Strategy {
    return {
      ...strategy,
      createProvider: (context) => this.#provider(strategy.createProvider(context)),
    };
  }

  #provider(honest: Provider): Provider {
    const { poll, receive } = honest;
    return new Proxy(honest, {
      get: (target, name) => {
        if (name === 'poll') return (cx: object) => poll?.call(target, this.#context(cx) as never);
        if (name === 'receive') {
          return (message: LogReplayMessage, sender: PeerId, cx: object) =>
            receive.call(target, message, sender, this.#context(cx) as never);
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
        return (peer: PeerId, message: LogReplayMessage): boolean => {
          const said = this.#say(message);
          for (const each of said.slice(0, -1)) call(peer, each);
          const last = said.at(-1);
          return last === undefined || call(peer, last);
        };
      },
    });
  }

  #say(message: LogReplayMessage): readonly LogReplayMessage[] {
    const { lie } = this;
    if (message.type === 'available' && lie === 'boastful') {
      this.told += 1;
      return [{ ...message, last: message.last + 1_000_000 }];
    }
    if (message.type !== 'run') return [message];
    const earlier = [...this.#earlier];
    this.#earlier = [...earlier.slice(-3), message];
    if (lie === null || lie === 'boastful') return [message];
    const said = this.#tamper(lie, message, earlier);
    if (said !== null) this.told += 1;
    return said ?? [message];
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
