import { describe, it } from 'node:test';
import { registerCases, stateMachineSuite } from '../src/index.ts';
import { shelves } from './shelves.ts';

// Run by `node --test`, with a planted bug if one is named, as `{"keepsBytes":true}`.
const bugs = JSON.parse(process.env.SMALTI_PLANTED ?? '{}');
registerCases({ describe, it }, 'shelves', stateMachineSuite(shelves(bugs), { seeds: 2 }));
