import { readFileSync } from 'node:fs';
import { logStoreSuite, registerCases, simulatedLogStore } from '@smalti/compliance';
import { childProcessLogStore } from '@smalti/compliance/child-process';
import { describe, expect, it } from 'vitest';
import { openTinyStore } from '../src/tiny-store.ts';

const abilities = ['reopen', 'crash', 'failure', 'lock', 'foreign'] as const;
const open = simulatedLogStore({
  abilities,
  open: (ports, node) => openTinyStore(ports.disk, ports.random, node),
});
registerCases({ describe, it }, 'the tiny store', logStoreSuite(open, { seeds: 10 }));

const killed = childProcessLogStore({ program: new URL('./tiny-process.ts', import.meta.url) });
const crashes = logStoreSuite(killed, { seeds: 1 }).filter(({ id }) => id.includes('crash-completed'));
registerCases({ describe, it }, 'the tiny store on a real disk, killed', crashes);

it('has 80 lines besides what it imports', () => {
  const text = readFileSync(new URL('../src/tiny-store.ts', import.meta.url), 'utf8');
  const [, own = ''] = text.split("} from '@smalti/core';");
  expect(own.split('\n').filter((line) => line !== '').length).toBeLessThanOrEqual(80);
});
