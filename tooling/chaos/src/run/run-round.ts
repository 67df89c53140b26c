import { setTimeout as pause } from 'node:timers/promises';
import type { Field } from '../field/field.ts';
import type { Wound } from '../nemeses/nemesis.ts';
import { TABLE } from '../nemeses/table.ts';
import type { NemesisName } from '../plan/nemesis-name.ts';
import type { Round } from '../plan/schedule.ts';
import { checkHealed, type Healed } from './check-healed.ts';

/** What a round did, and how the cluster came out of it. */
export interface RoundReport extends Healed {
  readonly done: readonly { readonly nemesis: NemesisName; readonly what: string }[];
}

/** Strikes, holds, heals everything and checks. What is wrong goes to the field's faults. */
export async function runRound(field: Field, round: Round): Promise<RoundReport> {
  await pause(round.calmMs);
  const done: { nemesis: NemesisName; what: string }[] = [];
  const wounds: Wound[] = [];
  try {
    for (const strike of round.strikes) {
      try {
        const wound = await TABLE[strike.nemesis].inject(field, strike);
        wounds.push(wound);
        done.push({ nemesis: strike.nemesis, what: wound.what });
      } catch (error) {
        const what = `${strike.nemesis} (${strike.variant}) could not be done: ${(error as Error).message}`;
        field.faults.push(what);
      }
    }
    await pause(round.holdMs);
  } finally {
    for (const wound of wounds.reverse()) await wound.heal();
  }
  return { done, ...(await checkHealed(field)) };
}
