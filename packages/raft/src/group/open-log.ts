import type { GroupId, GroupLog, Index, LogStore, StoreCallback } from '@smalti/core';

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

/** Group time of the last entry, if it is not the one whose time is known. */
export function readLastStamp(
  log: GroupLog,
  known: { readonly index: Index; readonly stamp: number },
  done: StoreCallback<number>,
): void {
  const { last } = log;
  if (last.index === known.index) {
    done(null, known.stamp);
    return;
  }
  log.read(last.index, last.index, 1, (error, entries) => done(error, entries?.[0]?.stamp ?? known.stamp));
}
