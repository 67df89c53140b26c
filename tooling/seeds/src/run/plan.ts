import { SimRandom } from '@smalti/simulator';
import { FAULTS } from '../faults/catalogue.ts';
import type { Fault, Particulars } from '../faults/fault.ts';
import { WORKLOADS } from '../workloads/catalogue.ts';
import { type CheckpointSettings, idsOf, type PoisonSettings, type Settings } from '../world/settings.ts';

/** One fault of a plan. */
export interface PlannedFault {
  /** Milliseconds after the cluster was ready. */
  readonly at: number;
  readonly fault: string;
  readonly particulars: Particulars;
  /** Milliseconds until it is undone; 0 if there is nothing to be undone. */
  readonly forMs: number;
}

/** All that a run is decided by: drawn from a seed, printable, and smaller ones can be tried. */
export interface Plan {
  readonly settings: Settings;
  readonly workloads: readonly string[];
  readonly faults: readonly PlannedFault[];
  /** For how long faults may happen, in milliseconds. */
  readonly lengthMs: number;
}

/** How runs are drawn. */
export interface PlanOptions {
  readonly nodes?: number;
  readonly lengthMs?: number;
}

/** Nodes that may join. */
const OTHERS = 3;

function drawCheckpoints(random: SimRandom, nodes: number): CheckpointSettings {
  const targetBytes = random.pick([512, 1024, 2048]);
  return {
    everyEntries: random.pick([50, 150, 500]),
    everyMs: random.pick([1_000, 5_000, 3_600_000]),
    keepBytes: random.pick([0, 4_000, 64_000]),
    abandonMs: random.pick([5_000, 15_000]),
    format: { version: 1, minBytes: targetBytes / 2, targetBytes, maxBytes: 2 * targetBytes },
    cutBytesPerSecond: Array.from({ length: nodes }, () => 256 * 1024 * random.pick([1, 1, 4, 16])),
    smallPacks: idsOf({ nodes, others: 0 }).filter(() => random.chance(0.5)),
    auto: random.chance(0.5),
  };
}

/** Of so many runs one has nodes that are upgraded, one after the other, while the run goes on. */
const UPGRADES = 1 / 4;

/** Each founder is started again with the new code at some time, besides whatever else happens to it. */
function drawUpgrade(random: SimRandom, nodes: number, lengthMs: number): readonly PlannedFault[] {
  if (!random.chance(UPGRADES)) return [];
  const targets = random.shuffle(idsOf({ nodes, others: 0 }));
  const everyMs = (random.between(0.2, 0.9) * lengthMs) / nodes;
  return targets.map((target, i) => ({
    at: Math.round((i + random.next()) * everyMs),
    fault: 'kill',
    particulars: { target },
    forMs: Math.round(random.between(50, 1_000)),
  }));
}

/** Of so many runs one has commands at which machines fail; of so many of those, one in which one node's alone does. */
const POISONED = 1 / 4;
const ALONE = 1 / 5;

function drawPoison(random: SimRandom, nodes: number): PoisonSettings | null {
  if (!random.chance(POISONED)) return null;
  const alone = random.chance(ALONE);
  const mends = random.chance(0.5);
  const founders = idsOf({ nodes, others: 0 });
  return { nodes: alone ? [random.pick(founders)] : idsOf({ nodes, others: OTHERS }), mends };
}

/** Draws a run: which faults are on, how often anything goes wrong, and what clients do (swarm testing). */
export function draw(seed: number | string, { nodes = 5, lengthMs = 30_000 }: PlanOptions = {}): Plan {
  const random = new SimRandom(`plan ${seed}`);
  const upgrade = drawUpgrade(new SimRandom(`upgrade ${seed}`), nodes, lengthMs);
  const poison = drawPoison(new SimRandom(`poison ${seed}`), nodes);
  const settings: Settings = {
    seed,
    nodes,
    others: OTHERS,
    autopilot: random.chance(0.8),
    delay: [0.2, random.pick([1, 5, 5, 20])],
    bytesPerMs: random.pick([2_000, 20_000, 200_000]),
    syncMs: random.pick([
      [0.1, 1],
      [1, 5],
      [2, 12],
    ]),
    windowBytes: random.pick([1, 4_000, 64_000, 1_000_000]),
    maxAppendBytes: random.pick([400, 4_000, 64_000]),
    maxBatchBytes: random.chance(0.25) ? 1 : 8 * 1024 * 1024,
    // Clocks are trusted in few runs: in them, what else keeps reads fresh has less to do.
    leases: new SimRandom(`leases ${seed}`).chance(0.25),
    sessionBytes: new SimRandom(`session bytes ${seed}`).pick([64, 64, 256, 16 * 1024]) * 1024,
    checkpoints: drawCheckpoints(new SimRandom(`checkpoints ${seed}`), nodes + OTHERS),
    ...(upgrade.length > 0 ? { upgrades: { atOnce: false } } : {}),
    ...(poison === null ? {} : { poison }),
  };
  const ids = idsOf(settings);
  const on = FAULTS.filter(() => random.chance(0.5));
  const total = on.reduce((sum, { weight = 1 }) => sum + weight, 0);
  const everyMs = random.between(300, 2_500);
  const faults: PlannedFault[] = [...upgrade];
  for (
    let at = random.between(0, everyMs);
    at < lengthMs && on.length > 0;
    at += random.between(0, 2 * everyMs)
  ) {
    const fault = pick(on, random.between(0, total));
    if (fault === undefined) break;
    const particulars = fault.draw(random, ids);
    const forMs = fault.lasts === undefined ? 0 : Math.round(random.between(...fault.lasts));
    faults.push({ at: Math.round(at), fault: fault.name, particulars, forMs });
  }
  const workloads = WORKLOADS.filter(({ always = false, onlyIf }) =>
    onlyIf === undefined ? random.chance(0.6) || always : onlyIf(settings),
  ).map(({ name }) => name);
  return { settings, workloads, faults: faults.sort((a, b) => a.at - b.at), lengthMs };
}

/** The one within whose share of all weights the number falls. */
function pick(faults: readonly Fault[], at: number): Fault | undefined {
  let left = at;
  return faults.find(({ weight = 1 }) => {
    left -= weight;
    return left < 0;
  });
}
