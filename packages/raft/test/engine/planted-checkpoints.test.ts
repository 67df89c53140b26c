import type { Cursor, Index } from '@smalti/core';
import { describe, expect, it } from 'vitest';
import type { Core } from '../../src/engine/core.ts';
import { Chaos } from './support/chaos.ts';
import { engineWith } from './support/engine-with.ts';
import type { EngineMaker } from './support/test-node.ts';

/** What random histories with checkpoints say to such an engine. */
function verdict(engine: EngineMaker): string {
  for (let seed = 1; seed <= 150; seed++) {
    for (const size of [3, 5]) {
      try {
        new Chaos({ size, seed, engine, checkpoints: true });
      } catch (error) {
        return (error as Error).message;
      }
    }
  }
  return 'nothing was found';
}

type Persistence = typeof import('../../src/engine/persistence.ts');

describe('the tests find', () => {
  it('H36: a reset that forgets what follows the checkpoint', async () => {
    const engine = await engineWith<Persistence>('persistence', (original) => ({
      stageReset(core: Core, base: Cursor, ...more): void {
        if (core.log.last.index > base.index && core.log.termAt(base.index) === base.term) {
          core.log.truncateFrom((base.index + 1) as Index);
        }
        original.stageReset(core, base, ...more);
      },
    }));
    expect(verdict(engine)).toMatch(/has a log to/);
  });

  it('H38: a write that vouches for what a reset cut', async () => {
    const engine = await engineWith<Persistence>('persistence', (original) => ({
      stageReset(core: Core, ...given): void {
        const before = core.disk.pending.map(({ vouches }) => vouches);
        const { durable } = core.disk;
        original.stageReset(core, ...given);
        for (const [i, vouches] of before.entries()) {
          const write = core.disk.pending[i];
          if (write !== undefined) write.vouches = vouches;
        }
        core.disk.durable = durable;
      },
    }));
    expect(verdict(engine)).toMatch(/holds another entry|for durable/);
  });

  it('H39: an install that is committed before it is on disk', async () => {
    const engine = await engineWith<Persistence>('persistence', (original) => ({
      stageReset(core: Core, base: Cursor, ...more): void {
        original.stageReset(core, base, ...more);
        if (core.disk.durable < base.index) core.disk.durable = base.index;
      },
    }));
    expect(verdict(engine)).toMatch(/for durable|on its disk/);
  });

  it('H39: a reset that loses the vote', async () => {
    const engine = await engineWith<Persistence>('persistence', (original) => ({
      stageReset(core: Core, ...given): void {
        original.stageReset(core, ...given);
        const reset = core.effects.at(-1);
        if (reset?.type !== 'reset') return;
        core.effects.splice(-1, 1, { ...reset, hardState: { ...reset.hardState, vote: null } });
      },
    }));
    expect(verdict(engine)).toMatch(/votes for null|on its disk it votes null/);
  });
});
