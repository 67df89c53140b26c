import { logStoreSuite, registerCases } from '@smalti/compliance';
import { childProcessLogStore } from '@smalti/compliance/child-process';
import { describe, it } from 'vitest';

const killed = childProcessLogStore({ program: new URL('./wal-process.ts', import.meta.url) });
// What has to do with processes and with what outlives them. The rest is tested in simulations, with many seeds.
const cases = logStoreSuite(killed, { seeds: 1 }).filter(({ requires }) => requires.length > 0);

registerCases({ describe, it }, 'the suite of log stores, on a real disk, killed', cases);
