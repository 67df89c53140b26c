import type { Term } from '@smalti/core';
import { describe, expect, it } from 'vitest';
import { newCore } from '../../src/engine/core.ts';
import { endLease, holdsLease, renewLease } from '../../src/engine/lease.ts';
import { configuration, hardState, key, logOf, optionsOf, shapeOf } from './support/members.ts';

describe('the lease of a leader', () => {
  it('is over for the rest of its term once it has asked a follower to campaign', () => {
    const shape = shapeOf(logOf(configuration(['a', 'b', 'c']), []));
    const recovered = { hardState: hardState(1, null, 1), shape, lastStamp: 0 };
    const core = newCore(optionsOf(key('a'), 1, { leaseMs: 90 }), recovered, 0);
    core.role = 'leader';
    renewLease(core, 0);
    expect(holdsLease(core)).toBe(true);
    endLease(core);
    renewLease(core, 0);
    expect(holdsLease(core)).toBe(false);
    core.term = 2 as Term;
    renewLease(core, 0);
    expect(holdsLease(core)).toBe(true);
  });

  it('is over when the configuration is another, until a quorum of that has answered', () => {
    const shape = shapeOf(logOf(configuration(['a', 'b', 'c']), []));
    const recovered = { hardState: hardState(1, null, 1), shape, lastStamp: 0 };
    const core = newCore(optionsOf(key('a'), 1, { leaseMs: 90 }), recovered, 0);
    core.role = 'leader';
    core.lease = { since: 0, configuration: configuration(['a', 'b', 'c']), term: core.term };
    expect(holdsLease(core)).toBe(false);
    renewLease(core, 0);
    expect(holdsLease(core)).toBe(true);
  });
});
