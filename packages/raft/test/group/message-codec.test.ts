import { describe, expect, it } from 'vitest';
import { bodyOf, messageOf } from '../../src/group/message-codec.ts';
import { at } from '../engine/support/bench.ts';
import { catchUp } from '../engine/support/catch-up.ts';
import { anchorAt, framer } from '../engine/support/members.ts';

describe('a catch-up on its way', () => {
  it('names the checkpoint of its leader, or none', () => {
    const bare = catchUp({ term: 3, log: [1, 1, 2, 3], since: at(2, 1), position: 4, more: 1 });
    for (const anchor of [null, anchorAt(3, 1)]) {
      const message = { ...bare, anchor };
      expect(messageOf(bodyOf(message), framer)).toEqual(message);
    }
  });
});
