import type { GroupId, GroupLog, LogStore, LogWrite, SmaltiError, StoreCallback } from '@smalti/core';
import type { LogNow } from '../observe/mirror.ts';
import type { Truth } from '../observe/truth.ts';
import type { Traps } from './traps.ts';

/** The store of a node, with everything that is written to it while the process lives told to `truth`. */
export function observedStore(
  store: LogStore,
  node: string,
  truth: Truth,
  traps: Traps,
  alive: () => boolean,
): LogStore {
  return {
    descriptor: store.descriptor,
    identity: store.identity,
    get groups() {
      return store.groups;
    },
    durable: store.durable,
    openGroup: (group: GroupId, done: StoreCallback<GroupLog>) =>
      store.openGroup(group, (error, log) =>
        done(error, error === null ? observedLog(log, node, truth, traps, alive) : log),
      ),
    onFault: (listener) => store.onFault(listener),
    close: (done) => store.close(done),
  };
}

function nowOf({ base, last, terms, hardState, configurations }: GroupLog): LogNow {
  return { base, last: last.index, terms, hard: hardState, configurations };
}

function observedLog(
  log: GroupLog,
  node: string,
  truth: Truth,
  traps: Traps,
  alive: () => boolean,
): GroupLog {
  truth.opened(node, nowOf(log));
  const settled = (write: LogWrite, error: SmaltiError | null): void => {
    if (error === null) truth.persisted(node, write);
    else truth.mirror(node).refused(nowOf(log));
  };
  return {
    group: log.group,
    get hardState() {
      return log.hardState;
    },
    get base() {
      return log.base;
    },
    get last() {
      return log.last;
    },
    get terms() {
      return log.terms;
    },
    get configurations() {
      return log.configurations;
    },
    get bytes() {
      return log.bytes;
    },
    termAt: (index) => log.termAt(index),
    write: (write, done) => {
      log.write(write, (error) => {
        settled(write, error);
        done(error);
      });
      if (alive()) truth.wrote(node, write);
    },
    read: (first, last, maxBytes, done) => log.read(first, last, maxBytes, done),
    prunePrefix: (through, done) => {
      if (alive()) truth.prunes(node, through);
      log.prunePrefix(through, done);
    },
    resetTo: (cursor, hardState, configuration, done) => {
      if (alive()) traps.installing(node, 'before the reset');
      log.resetTo(cursor, hardState, configuration, (error) => {
        if (error === null) truth.resetCompleted(node, cursor, hardState);
        else truth.mirror(node).refused(nowOf(log));
        if (error === null) traps.installing(node, 'after the reset');
        if (alive()) done(error);
      });
      if (alive()) truth.resets(node, cursor, nowOf(log));
    },
    probe: (bytes, done) => log.probe(bytes, done),
    close: (done) => log.close(done),
  };
}
