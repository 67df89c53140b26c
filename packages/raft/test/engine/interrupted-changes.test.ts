import { describe, expect, it } from 'vitest';
import { type Crash, InterruptedChange } from './support/interrupted-change.ts';
import { type MemberCase, memberCases, titleOf } from './support/member-cases.ts';

/**
 * The whole of it takes the better part of an hour: `pnpm --filter @smalti/raft members:exhaustive`, with so many nodes
 * as SMALTI_MEMBERS says. The test command tries every change, and one crash in so many.
 */
const whole = process.env.SMALTI_MEMBERS === undefined ? null : Number(process.env.SMALTI_MEMBERS);
const NODES = whole ?? 3;
const ONE_IN = whole === null ? 7 : 1;

/** Every crash of every node at every step of a change that takes so many, its writes lost or landed. */
function* crashes(of: MemberCase, steps: number): Generator<Crash> {
  for (let after = 0; after < steps; after++) {
    for (const { name } of of) for (const landed of [false, true]) yield { after, node: name, landed };
  }
}

function run(of: MemberCase, force: boolean, crash: Crash | null): InterruptedChange {
  try {
    return new InterruptedChange(of, force, crash);
  } catch (error) {
    const said = `${titleOf(of)}${force ? ', by force' : ''}, ${JSON.stringify(crash)}`;
    throw new Error(`${said}: ${(error as Error).message}`, { cause: error });
  }
}

describe('H4: every change of the members, interrupted by a crash of any node at any step,', () => {
  it.each([
    ['with the leader handing over first', false],
    ['by force', true],
  ])('comes to rest with nothing lost, %s', { timeout: 8 * 3_600_000 }, (_how, force) => {
    let tried = 0;
    let count = 0;
    for (const of of memberCases(NODES)) {
      const { steps } = run(of, force, null);
      for (const crash of crashes(of, steps)) {
        count += 1;
        if (count % ONE_IN !== 0) continue;
        run(of, force, crash);
        tried += 1;
      }
    }
    // That nothing went wrong means little if nothing happened.
    expect(tried).toBeGreaterThan(800);
    if (whole !== null) console.log(`${memberCases(NODES).length} changes, ${tried} crashes`);
  });
});
