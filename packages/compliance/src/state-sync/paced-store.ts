import type { Clock, GroupId, GroupLog, LogStore, LogWrite, StoreCallback } from '@smalti/core';

/** A store whose logs are handed on as they are opened, and whose writes take their time. */
export function pacedStore(
  store: LogStore,
  clock: Pick<Clock, 'now' | 'setTimer'>,
  msPerKib: number,
  opened: (log: GroupLog) => void,
): LogStore {
  const openGroup = (group: GroupId, done: StoreCallback<GroupLog>): void =>
    store.openGroup(group, (error, log) => {
      if (error !== null) {
        done(error, log);
        return;
      }
      opened(log);
      done(null, msPerKib === 0 ? log : pacedLog(log, clock, msPerKib));
    });
  return replacing(store, { openGroup });
}

function pacedLog(log: GroupLog, clock: Pick<Clock, 'now' | 'setTimer'>, msPerKib: number): GroupLog {
  let free = 0;
  const write = (change: LogWrite, done: StoreCallback): void => {
    const bytes = (change.entries ?? []).reduce((sum, { frame }) => sum + frame.length, 0);
    free = Math.max(free, clock.now()) + Math.ceil((bytes / 1024) * msPerKib);
    const at = free;
    // In order: what is told later is told no sooner.
    log.write(change, (error, value) => void clock.setTimer(at - clock.now(), () => done(error, value)));
  };
  return replacing(log, { write });
}

/** The same object, but for some members. */
function replacing<T extends object>(target: T, members: Partial<T>): T {
  return new Proxy(target, {
    get: (_, name) => {
      if (Object.hasOwn(members, name)) return members[name as keyof T];
      const value: unknown = Reflect.get(target, name, target);
      return typeof value === 'function' ? value.bind(target) : value;
    },
  });
}
