import { SimRandom } from '@smalti/simulator';
import type { NemesisName } from './nemesis-name.ts';

/** One thing that is done to the cluster. What it hits depends on who leads then, and on `picks` alone besides. */
export interface Strike {
  readonly nemesis: NemesisName;
  readonly variant: string;
  /** Choices that are made on the spot, each a number in [0, 1). */
  readonly picks: readonly number[];
}

/** Strikes that are in force together, after some quiet; then all is healed and the cluster is checked. */
export interface Round {
  readonly number: number;
  readonly calmMs: number;
  readonly strikes: readonly Strike[];
  readonly holdMs: number;
}

export interface Pace {
  /** From and to, in milliseconds. */
  readonly calmMs: readonly [number, number];
  /** From and to, in milliseconds: longer than an election. */
  readonly holdMs: readonly [number, number];
  /** The chance that a round strikes a second and a third time. */
  readonly together: number;
}

/** A minute of this is about ten rounds. */
export const STEADY: Pace = { calmMs: [300, 1_500], holdMs: [2_000, 5_000], together: 0.35 };
/** For a test that has half a minute for everything. */
export const BRIEF: Pace = { calmMs: [100, 200], holdMs: [800, 1_000], together: 0 };

/** How each can be done, the more often named the more often. */
export const VARIANTS: Readonly<Record<NemesisName, readonly string[]>> = Object.freeze({
  kill: ['leader', 'leader', 'follower', 'majority', 'all', 'again and again', 'told to stop'],
  pause: ['leader', 'leader', 'follower', 'majority'],
  partition: ['leader alone', 'leader alone', 'halves', 'follower alone'],
  ring: ['ring'],
  oneway: ['leader deaf', 'leader mute', 'some links'],
  'disk-full': ['leader', 'follower'],
  bitflip: ['follower', 'leader'],
  'torn-tail': ['garbage', 'hole', 'stale', 'next segment', 'rotten batch'],
  clock: ['ahead', 'behind', 'drift', 'scattered', 'back and forth'],
});

/**
 * What may be in force at the same time: one of each kind. Troubles of a disk allow no other node to be missing, since
 * the cluster has to go on.
 */
const KINDS: Readonly<Record<NemesisName, 'process' | 'network' | 'disk' | 'clock'>> = Object.freeze({
  kill: 'process',
  pause: 'process',
  partition: 'network',
  ring: 'network',
  oneway: 'network',
  'disk-full': 'disk',
  bitflip: 'disk',
  'torn-tail': 'disk',
  clock: 'clock',
});

const ORDER = ['clock', 'network', 'disk', 'process'];

/**
 * A full disk takes tens of MiB of log to be noticed, and no log is shortened, so that every restart reads them again:
 * the second comes so many milliseconds after the first at the earliest, and each further one after twice the time.
 */
const DISK_FULL_AFTER_MS = 60_000;

/**
 * The endless schedule of a seed. Every nemesis has its turn before one has its second, so that a run of one deck has
 * shown them all.
 */
export function* schedule(seed: string, enabled: readonly NemesisName[], pace: Pace): Generator<Round> {
  const random = new SimRandom(`schedule ${seed}`);
  let deck: NemesisName[] = [];
  let elapsed = 0;
  let fullFrom = 0;
  let fullAfter = DISK_FULL_AFTER_MS;
  for (let number = 1; ; number++) {
    if (deck.length === 0) deck = random.shuffle(enabled);
    let [first = 'kill'] = deck;
    if (first === 'disk-full' && elapsed < fullFrom && enabled.length > 1) {
      // Its turn comes later; something else meanwhile.
      first = random.pick(enabled.filter((name) => name !== 'disk-full'));
    }
    deck.shift();
    if (first === 'disk-full') {
      fullFrom = elapsed + fullAfter;
      fullAfter *= 2;
    }
    const names = [first];
    while (names.length < 3 && random.chance(pace.together)) {
      const second = random.pick(enabled);
      if (second !== 'disk-full' && names.every((name) => goTogether(name, second))) names.push(second);
    }
    const holdMs = Math.round(random.between(...pace.holdMs));
    const calmMs = Math.round(random.between(...pace.calmMs));
    elapsed += holdMs + calmMs;
    // Clocks first and processes last: what is still to be found out about the victims can be asked then.
    names.sort((a, b) => ORDER.indexOf(KINDS[a]) - ORDER.indexOf(KINDS[b]));
    const strikes = names.map((nemesis) => ({
      nemesis,
      variant: random.pick(VARIANTS[nemesis]),
      picks: Array.from({ length: 8 }, () => random.next()),
    }));
    yield { number, calmMs, strikes, holdMs };
  }
}

export function goTogether(a: NemesisName, b: NemesisName): boolean {
  const [kindA, kindB] = [KINDS[a], KINDS[b]];
  if (kindA === kindB) return false;
  const isDisk = kindA === 'disk' || kindB === 'disk';
  return !isDisk || kindA === 'clock' || kindB === 'clock';
}

/** One line for people. */
export function describeRound({ number, calmMs, strikes, holdMs }: Round): string {
  const what = strikes.map(({ nemesis, variant }) => `${nemesis} (${variant})`).join(' + ');
  return `round ${number}: ${what} for ${seconds(holdMs)}, after ${seconds(calmMs)} of calm`;
}

function seconds(ms: number): string {
  return `${(ms / 1_000).toFixed(1)} s`;
}
