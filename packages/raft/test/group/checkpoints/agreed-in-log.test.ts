import {
  type Anchor,
  type CheckpointOutcome,
  type Cursor,
  EntryKind,
  encodeOutcome,
  type Index,
  LogState,
  NO_HARD_STATE,
  type PartName,
} from '@smalti/core';
import { Simulation, simHasher } from '@smalti/simulator';
import { describe, expect, it } from 'vitest';
import { AgreedInLog } from '../../../src/group/checkpoints/agreed-in-log.ts';
import { Script } from '../support/applying.ts';
import { memoryLog } from '../support/part-store.ts';

const ROOT = 'a'.repeat(64) as PartName;

class World {
  readonly sim = new Simulation();
  readonly scheduler = this.sim.node('n').ports.scheduler;
  readonly script = new Script(simHasher);
  committed = 0 as Index;

  mark(): Cursor {
    const { index, term } = this.script.mark();
    return { index, term };
  }

  outcome(outcome: CheckpointOutcome): void {
    this.script.add(EntryKind.outcome, encodeOutcome(outcome));
  }

  /** A log that holds what was said so far, after that entry. */
  search(base = 0 as Index): AgreedInLog {
    const state = new LogState();
    state.write({ entries: this.script.entries, hardState: NO_HARD_STATE });
    if (base > 0) state.prune(base);
    this.committed = this.script.last;
    const log = memoryLog(this.scheduler, state);
    return new AgreedInLog({ log, scheduler: this.scheduler, committed: () => this.committed });
  }

  async found(search: AgreedInLog): Promise<Anchor | null> {
    search.look();
    await this.sim.runFor(1_000);
    return search.look();
  }
}

describe('the newest checkpoint that a log says is agreed on', () => {
  it('is the last with such an outcome, whatever came of later ones', async () => {
    const world = new World();
    const at: Cursor[] = [];
    for (const verdict of ['agreed', 'agreed', 'disputed'] as const) {
      const marker = world.mark();
      at.push(marker);
      for (let i = 0; i < 2_000; i++) world.script.say('long '.repeat(100));
      world.outcome(
        verdict === 'agreed'
          ? { verdict, marker: marker.index, root: ROOT }
          : { verdict, marker: marker.index },
      );
    }
    world.mark();
    expect(await world.found(world.search())).toEqual({ at: at[1], root: ROOT });
  });

  it('may be where the log begins', async () => {
    const world = new World();
    const marker = world.mark();
    world.outcome({ verdict: 'agreed', marker: marker.index, root: ROOT });
    expect(await world.found(world.search(marker.index))).toEqual({ at: marker, root: ROOT });
    expect(await world.found(world.search((marker.index + 1) as Index))).toBeNull();
  });

  it('is none of what is not committed yet, or not of an open marker', async () => {
    const world = new World();
    const marker = world.mark();
    world.mark();
    world.outcome({ verdict: 'agreed', marker: marker.index, root: ROOT });
    const last = world.mark();
    world.outcome({ verdict: 'agreed', marker: last.index, root: ROOT });
    const search = world.search();
    world.committed = last.index;
    expect(await world.found(search)).toBeNull();
    world.committed = world.script.last;
    expect(await world.found(search)).toEqual({ at: last, root: ROOT });
  });
});
