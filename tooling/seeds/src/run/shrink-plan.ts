import { type Shrunk, shrink } from '@smalti/simulator';
import type { Plan, PlannedFault } from './plan.ts';
import { type Outcome, runPlan } from './run-plan.ts';

/** A smaller plan that fails in the same way, and what its run was. */
export interface ShrunkPlan {
  readonly outcome: Outcome;
  readonly shrunk: Shrunk<PlannedFault>;
}

/**
 * Looks for the fewest faults with which a plan still violates the same invariant: the run is cut right after the
 * violation, then faults are left out and made shorter.
 */
export async function shrinkPlan(
  { plan, violation }: Outcome,
  {
    maxRuns = 300,
    run = runPlan,
  }: { readonly maxRuns?: number; readonly run?: (plan: Plan) => Promise<Outcome> } = {},
): Promise<ShrunkPlan> {
  if (violation === null) throw new Error('a plan that does not fail cannot be shrunk');
  let smallest: Outcome | null = null;
  const of = (faults: readonly PlannedFault[]): Plan => ({ ...plan, faults });
  const fails = async (faults: readonly PlannedFault[]): Promise<boolean> => {
    const outcome = await run(of(faults));
    const same = outcome.violation?.invariant === violation.invariant;
    if (same) smallest = outcome;
    return same;
  };
  const timeOf = ({ at }: PlannedFault): number => at;
  const shrunk = await shrink(plan.faults, {
    fails,
    maxRuns,
    failure: { at: violation.at, timeOf },
    simpler: (fault) => (fault.forMs > 200 ? [{ ...fault, forMs: Math.round(fault.forMs / 2) }] : []),
  });
  const last = smallest as Outcome | null;
  const outcome = last?.plan.faults === shrunk.items ? last : await run(of(shrunk.items));
  return { outcome, shrunk };
}
