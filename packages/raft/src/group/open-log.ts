import type { GroupId, GroupLog, LogStore, StoreCallback } from '@smalti/core';

export function openLog(store: LogStore, group: GroupId): Promise<GroupLog> {
  return new Promise((resolve, reject) => {
    store.openGroup(group, (error, opened) => (error === null ? resolve(opened) : reject(error)));
  });
}

export function closeLog(log: GroupLog): Promise<void> {
  return new Promise((resolve, reject) => {
    log.close((error) => (error === null ? resolve() : reject(error)));
  });
}

/** Group time of the last entry; that of the first is known. */
export function readLastStamp(log: GroupLog, first: number, done: StoreCallback<number>): void {
  const { last } = log;
  if (last.index === 1) {
    done(null, first);
    return;
  }
  log.read(last.index, last.index, 1, (error, entries) => done(error, entries?.[0]?.stamp ?? first));
}
