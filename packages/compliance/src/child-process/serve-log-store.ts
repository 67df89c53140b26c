import type { GroupLog, LogStore, PeerId, SmaltiError } from '@smalti/core';
import { type ChildOptions, packError, type Reply, type Request } from './protocol.ts';

/**
 * Opens the store of the process. `directory` is there and belongs to this medium alone; a process that was killed may
 * have used it before. `options` is what the factory was given.
 */
export type OpenLogStore = (directory: string, node: PeerId, options: unknown) => Promise<LogStore>;

/**
 * Makes this process the home of a log store: opens it, and does with it what `childProcessLogStore` asks, until it is
 * killed. The only thing that a program for `childProcessLogStore` has to do.
 *
 * @example
 * import { serveLogStore } from '@smalti/compliance/child-process';
 * serveLogStore((directory, node) => openMyStore(directory, node));
 */
export function serveLogStore(open: OpenLogStore): void {
  // Whoever asked is gone: nothing is left to do.
  process.on('disconnect', () => process.exit());
  const { directory, node, options } = JSON.parse(process.argv[2] ?? '{}') as ChildOptions;
  new Promise<LogStore>((resolve) => resolve(open(directory, node, options))).then(serve, (error: unknown) =>
    say({ type: 'refused', error: packError(error) }),
  );
}

function say(reply: Reply): void {
  process.send?.(reply);
}

function serve(store: LogStore): void {
  const objects = new Map<number, LogStore | GroupLog>([[0, store]]);
  const keep = (log: GroupLog): number => {
    objects.set(objects.size, log);
    return objects.size - 1;
  };
  store.onFault((error) => say({ type: 'fault', error: packError(error) }));
  process.on('message', (message) => {
    const { id, target, kind, name, args } = message as Request;
    const callback = (error: SmaltiError | null, given: unknown): void => {
      const opened = error === null && name === 'openGroup';
      const value = opened ? keep(given as GroupLog) : given;
      say({ type: 'done', id, error: error === null ? null : packError(error), value });
    };
    try {
      const object = objects.get(target);
      const member: unknown = object === undefined ? undefined : Reflect.get(object, name, object);
      if (kind !== 'get' && typeof member !== 'function') throw new TypeError(`there is no ${name}`);
      const call = member as (...given: readonly unknown[]) => unknown;
      let value = member;
      if (kind === 'call') value = call.apply(object, [...args]);
      if (kind === 'submit') value = void call.apply(object, [...args, callback]);
      say({ type: 'answer', id, error: null, value });
    } catch (error) {
      say({ type: 'answer', id, error: packError(error), value: undefined });
    }
  });
  const { descriptor, identity, durable } = store;
  say({ type: 'opened', facts: { descriptor, identity, durable } });
}
