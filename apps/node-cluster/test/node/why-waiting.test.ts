import type { GroupStatus } from '@smalti/raft';
import { describe, expect, it } from 'vitest';
import { whyWaiting } from '../../src/node/why-waiting.ts';

const refused = {
  code: 'UNKNOWN_GROUP',
  detail: 'this group is not known here',
  address: '127.0.0.1:9002',
  claimed: null,
};

function status(changes: object): GroupStatus {
  const at = { index: 0, term: 0 };
  const none = { leader: null, trouble: null, refusals: [], bonds: [], applied: at, committed: at };
  return { ...none, ...changes } as unknown as GroupStatus;
}

describe('why a node is not online', () => {
  it.each([
    ['its log is not open', null, 'it opens its log'],
    ['nobody leads', status({}), 'it hears no leader'],
    ['it has trouble', status({ trouble: 'the disk is full' }), 'the disk is full'],
    [
      'somebody was refused',
      status({ refusals: [refused], trouble: 'blank' }),
      '127.0.0.1:9002: UNKNOWN_GROUP this group is not known here',
    ],
    [
      'somebody was refused, and let in later',
      status({ refusals: [refused], bonds: [{ id: 'n2', address: '127.0.0.1:9002' }] }),
      'it hears no leader',
    ],
    [
      'it has much to apply',
      status({ leader: 'n2', applied: { index: 5 }, committed: { index: 9 }, refusals: [refused] }),
      'it has applied 5 of 9 entries',
    ],
  ])('%s', (_, given, why) => {
    expect(whyWaiting(given)).toBe(why);
  });
});
