import type { GroupLog, Index, LogView } from '@smalti/core';

/** What a strategy sees of a log. */
export function viewOf(log: GroupLog, read: LogView['read']): LogView {
  return {
    get base() {
      return log.base;
    },
    get last() {
      return log.last;
    },
    get available() {
      const first = (log.base.index + 1) as Index;
      return log.last.index < first ? null : { first, last: log.last.index };
    },
    termAt: (index) => log.termAt(index),
    read,
  };
}
