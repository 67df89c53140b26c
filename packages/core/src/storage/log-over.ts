import { SmaltiError } from '../errors/smalti-error.ts';
import type { GroupId } from '../vocabulary/ids.ts';
import type { LogState } from './log-state.ts';
import type { GroupLog, StoreCallback } from './log-store.ts';

/**
 * Calls back with the value when everything that was changed until now is durable, in the order of the calls and never
 * within one; or with the error, if there is one: its own, if it could not make it durable, goes before this one.
 */
export type SaveLog = <T>(value: T, error: SmaltiError | null, done: StoreCallback<T>) => void;

/**
 * The log of a group over its state in memory: shows what was submitted, and lets `save` make it durable. For stores
 * that keep all of a log in memory. What is refused for want of space cannot be undone by it.
 */
export function logOver(group: GroupId, state: LogState, save: SaveLog): GroupLog {
  let closed: SmaltiError | null = null;
  const change = (make: () => void, done: StoreCallback): void => {
    if (closed === null) make();
    save(undefined, closed, done);
  };
  return {
    group,
    get hardState() {
      return state.hardState;
    },
    get base() {
      return state.base;
    },
    get last() {
      return state.last;
    },
    get terms() {
      return state.terms;
    },
    get configurations() {
      return state.configurations;
    },
    get bytes() {
      return state.bytes;
    },
    termAt: (index) => state.termAt(index),
    read: (first, last, maxBytes, done) => save(state.read(first, last, maxBytes), closed, done),
    write(write, done) {
      change(() => {
        state.check(write);
        state.write(write);
      }, done);
    },
    prunePrefix(through, done) {
      const { last } = state;
      if (through <= last.index) {
        change(() => state.prune(through), done);
        return;
      }
      const text = `cannot prune ${group} through ${through}: the log ends at ${last.index}`;
      save(undefined, closed ?? new SmaltiError('STORAGE_RANGE', text), done);
    },
    resetTo(cursor, hardState, configuration, done) {
      change(() => state.reset(cursor, hardState, configuration), done);
    },
    probe: (_bytes, done) => save(undefined, closed, done),
    close(done) {
      save(undefined, closed, done);
      closed ??= new SmaltiError('STORAGE_CLOSED', `the log of ${group} is closed`);
    },
  };
}
