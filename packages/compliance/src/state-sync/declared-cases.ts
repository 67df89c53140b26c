import { checkDescriptor } from '@smalti/core';
import { check, refused } from '../suite/expect.ts';
import type { SyncCase } from './case-list.ts';
import { type ClusterOptions, copyOf } from './cluster.ts';

/** What was not declared, or is not known, is refused. */
export const declaredCases: readonly SyncCase[] = [
  {
    id: 'descriptor',
    title: 'is a plugin for state sync, of the version that this core speaks',
    async run({ factory }) {
      checkDescriptor(factory.create('n1').descriptor, 'state-sync');
    },
  },
  {
    id: 'unknown-contract',
    title: 'is refused by the host if it names a version of the contract that this core does not speak',
    async run(bench) {
      const strategy: ClusterOptions['strategy'] = (_, usual) => ({
        ...copyOf(usual),
        descriptor: { ...usual.descriptor, contractVersion: 99 },
      });
      const { message } = await refused(bench.cluster({ size: 1, strategy }), 'PLUGIN_MISMATCH', 'it');
      check(message.includes('99'), `the error should name the version: ${message}`);
    },
  },
  {
    id: 'undeclared-reports',
    title: 'declares that it reports, if it does',
    async run(bench) {
      const scene = await bench.gap({ entries: 60 });
      await scene.boot();
      await scene.equal();
      const reports = scene.cluster.observer.sessions.some((session) => session.reports.length > 0);
      check(
        !reports || bench.has('reports'),
        'it reports its progress: declare `reports`, so that it is looked at',
      );
    },
  },
];
