import { ShrinkRuns } from './shrink-runs.ts';

/** What is shrunk, and how far. */
export interface ShrinkOptions<Item> {
  /**
   * Runs the items, which keep their order, and says whether the failure that is looked for happened. It must be
   * deterministic; it need not be monotone. What it throws ends the shrinking.
   */
  readonly fails: (items: readonly Item[]) => Promise<boolean>;
  /** When the failure happened, and when items happen: what comes after it is dropped before anything else. */
  readonly failure?: { readonly at: number; readonly timeOf: (item: Item) => number };
  /**
   * Simpler items that may stand in the place of one, the simplest first; none if it is simple. What is simpler than
   * a simpler item must end somewhere. Called once per item.
   */
  readonly simpler?: (item: Item) => readonly Item[];
  /** How often `fails` is called at most, 1,000 by default. */
  readonly maxRuns?: number;
}

/** What is left after shrinking. */
export interface Shrunk<Item> {
  /** They fail. In the order in which they were given; one may be replaced by a simpler one. */
  readonly items: readonly Item[];
  /**
   * True if it is known that no single item can be removed or made simpler; false if the runs were used up first.
   */
  readonly minimal: boolean;
  /** How often `fails` was called. */
  readonly runs: number;
}

const DEFAULT_MAX_RUNS = 1000;

/**
 * Makes the list of items that leads to a failure as short as can be: cuts its tail, then removes ever smaller parts
 * as the algorithm ddmin of Zeller and Hildebrandt does, until each single item is needed, then makes items simpler.
 * The same list is never run twice, and equal calls take equal runs.
 *
 * @throws Error if the items as they were given do not fail, or `maxRuns` is not at least 1.
 */
export async function shrink<Item>(
  items: readonly Item[],
  { fails, failure, simpler, maxRuns = DEFAULT_MAX_RUNS }: ShrinkOptions<Item>,
): Promise<Shrunk<Item>> {
  if (!(maxRuns >= 1)) throw new Error(`shrinking takes at least 1 run, not ${maxRuns}`);
  const runs = new ShrinkRuns(fails, maxRuns);
  if (!(await runs.fails(items))) throw new Error('what is to be shrunk does not fail');
  let best = items;
  if (failure !== undefined) {
    const before = items.filter((item) => failure.timeOf(item) <= failure.at);
    if (await runs.fails(before)) best = before;
  }
  best = await ddmin(await cutTail(best, runs), runs);
  const simplerOnce = memoize(simpler ?? (() => []));
  // A simpler item may make another one needless.
  for (let simplest = await simplify(best, simplerOnce, runs); simplest !== best; ) {
    best = await ddmin(simplest, runs);
    simplest = await simplify(best, simplerOnce, runs);
  }
  return { items: best, minimal: !runs.usedUp, runs: runs.count };
}

/** A prefix that fails, found by halving: the shortest one if every longer prefix than a failing one fails too. */
async function cutTail<Item>(items: readonly Item[], runs: ShrinkRuns<Item>): Promise<readonly Item[]> {
  let passing = -1;
  let failing = items.length;
  while (failing - passing > 1) {
    const middle = (passing + failing) >> 1;
    if (await runs.fails(items.slice(0, middle))) failing = middle;
    else passing = middle;
  }
  return items.slice(0, failing);
}

/** Removes parts until no single item can be removed. */
async function ddmin<Item>(items: readonly Item[], runs: ShrinkRuns<Item>): Promise<readonly Item[]> {
  let best = items;
  let parts = 2;
  while (best.length > 0) {
    parts = Math.min(parts, best.length);
    const cuts = Array.from({ length: parts + 1 }, (_, i) => Math.floor((i * best.length) / parts));
    const ranges = cuts.slice(1).map((end, i) => [cuts[i] as number, end] as const);
    const part = (from: number, to: number): readonly Item[] => best.slice(from, to);
    const rest = (from: number, to: number): readonly Item[] => best.toSpliced(from, to - from);
    // Of two parts each is the rest of the other; one part is everything.
    const alone =
      parts > 2
        ? await firstFailing(
            ranges.map((range) => part(...range)),
            runs,
          )
        : undefined;
    const without =
      alone ??
      (await firstFailing(
        ranges.map((range) => rest(...range)),
        runs,
      ));
    if (without !== undefined) {
      best = without;
      parts = alone === undefined ? Math.max(parts - 1, 2) : 2;
    } else if (parts < best.length) parts *= 2;
    else break;
  }
  return best;
}

/** Replaces items by simpler ones until none can be. Returns the same list if nothing was replaced. */
async function simplify<Item>(
  items: readonly Item[],
  simpler: (item: Item) => readonly Item[],
  runs: ShrinkRuns<Item>,
): Promise<readonly Item[]> {
  let best = items;
  for (let i = 0; i < best.length; ) {
    const replaced = simpler(best[i] as Item).map((item) => best.with(i, item));
    const simplest = await firstFailing(replaced, runs);
    if (simplest === undefined) i++;
    else best = simplest;
  }
  return best;
}

async function firstFailing<Item>(
  lists: readonly (readonly Item[])[],
  runs: ShrinkRuns<Item>,
): Promise<readonly Item[] | undefined> {
  for (const list of lists) {
    if (await runs.fails(list)) return list;
  }
  return undefined;
}

function memoize<Item>(simpler: (item: Item) => readonly Item[]): (item: Item) => readonly Item[] {
  const known = new Map<Item, readonly Item[]>();
  return (item) => {
    const items = known.get(item) ?? simpler(item);
    known.set(item, items);
    return items;
  };
}
