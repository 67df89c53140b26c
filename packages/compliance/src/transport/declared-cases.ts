import { ComplianceError } from '../suite/expect.ts';
import type { TransportCase } from './case-list.ts';

/** What is asked of the harness of a transport. */
export const declaredCases: readonly TransportCase[] = [
  {
    id: 'undeclared',
    title: 'is asked for nothing that was not declared',
    async run(bench) {
      await bench.start('a');
      if (!bench.abilities.includes('kill')) await refusedFor('kill', () => bench.kill('a'));
      if (!bench.abilities.includes('break')) await refusedFor('break', async () => bench.breakLinks());
    },
  },
];

async function refusedFor(ability: string, want: () => Promise<void>): Promise<void> {
  try {
    await want();
  } catch (error) {
    if (String(error).includes(ability)) return;
  }
  throw new ComplianceError(`to ask for ${ability}, which was not declared, should be refused`);
}
