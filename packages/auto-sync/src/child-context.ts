import { SmaltiError, type SyncContext } from '@smalti/core';
import type { ChildMessage, Machine } from './child.ts';

/** The context of the composition, as far as it is the same for sessions and providers. */
type Outer = Pick<
  SyncContext<Machine, ChildMessage>,
  'sendTo' | 'broadcast' | 'start' | 'log' | 'snapshots' | 'maxMessageBytes'
>;

/** Whether a part of the composition lives, and how far it went. */
export interface Life {
  over: boolean;
  /** True once it has asked for an install. */
  installing: boolean;
}

type Callback = (...args: readonly unknown[]) => void;

/**
 * The context of the composition for one of its strategies: messages say whose they are, and everything ends with that
 * strategy's own session or provider, though the composition goes on.
 */
export function childContext<Cx extends Outer>(outer: Cx, child: number, life: Life): never {
  const alive = (): void => {
    if (life.over) throw new SmaltiError('CONTEXT_REVOKED', 'this way to catch up has been given up');
  };
  /** Calls the last argument back only as long as the strategy lives. */
  const guarded =
    (target: object, method: Callback): Callback =>
    (...args) => {
      alive();
      const done = args.at(-1) as Callback;
      const told: Callback = (...results) => {
        if (!life.over) done(...results);
      };
      Reflect.apply(method, target, [...args.slice(0, -1), typeof done === 'function' ? told : done]);
    };
  const facade = (
    target: object,
    own: Readonly<Record<string, unknown>>,
    calling: readonly string[],
  ): object =>
    new Proxy(Object.create(null) as object, {
      get: (_, key) => {
        alive();
        if (typeof key === 'string' && Object.hasOwn(own, key)) return own[key];
        const value: unknown = Reflect.get(target, key, target);
        if (typeof value !== 'function') return value;
        return calling.includes(String(key)) ? guarded(target, value as Callback) : value.bind(target);
      },
      has: (_, key) => Reflect.has(target, key),
    });
  const own = {
    sendTo: (peer: never, message: unknown) => outer.sendTo(peer, { child, message }),
    broadcast: (message: unknown) => outer.broadcast({ child, message }),
    start: (work: never, tag: string) => outer.start(work, `${child}/${tag}`),
    install: (...args: readonly unknown[]) => {
      life.installing = true;
      guarded(outer, Reflect.get(outer, 'install') as Callback)(...args);
    },
    feedCommand: (entry: { readonly command: unknown } | { readonly bytes: Uint8Array }) => {
      const fed = 'bytes' in entry ? { bytes: Uint8Array.of(child, ...entry.bytes) } : entry;
      return Reflect.apply(Reflect.get(outer, 'feedCommand') as (fed: unknown) => unknown, outer, [fed]);
    },
    get log() {
      return facade(outer.log, {}, ['read']);
    },
    get snapshots() {
      return outer.snapshots === null ? null : facade(outer.snapshots, {}, ['get', 'put']);
    },
    get maxMessageBytes() {
      return outer.maxMessageBytes - 1;
    },
  };
  return facade(outer, own, ['append']) as never;
}

/** Whose work has settled, and under which tag of its own. */
export function tagOf(tag: string): { readonly child: number; readonly own: string } {
  const at = tag.indexOf('/');
  return { child: Number(tag.slice(0, at)), own: tag.slice(at + 1) };
}
