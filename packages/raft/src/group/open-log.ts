import type { GroupId, GroupLog, LogStore } from '@smalti/core';

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
