import {
  type ApplyContext,
  EntryKind,
  encodeEnvelope,
  encodeMachineVersion,
  noopMachine,
} from '@smalti/core';
import { Simulation, simHasher } from '@smalti/simulator';
import { describe, expect, it } from 'vitest';
import { checkVersions } from '../../src/group/versions/version-in-force.ts';
import { Applying, Script } from './support/applying.ts';

/** Applies a script to a machine that knows those versions. */
async function applied(script: Script, versions: { version?: number; oldestVersion?: number } = {}) {
  const sim = new Simulation();
  const one = new Applying(script, { sim });
  const seen: [string, number][] = [];
  const { machine } = one;
  const apply = machine.apply.bind(machine);
  Object.assign(machine, versions, {
    apply: (command: string, context: ApplyContext) => {
      seen.push([command, context.version]);
      return apply(command, context);
    },
  });
  // Its versions are read once, when the group begins.
  const again = new Applying(script, { sim, machine });
  await again.run(sim);
  return { again, seen };
}

function raise(script: Script, version: number): void {
  script.add(EntryKind.version, encodeMachineVersion(version));
}

describe('the version in force', () => {
  it('is 1 until an entry raises it, and nothing lowers it', async () => {
    const script = new Script(simHasher);
    script.say('a');
    raise(script, 2);
    script.say('b');
    script.mark();
    raise(script, 1);
    raise(script, 2);
    script.say('c');
    raise(script, 4);
    script.say('d');
    script.mark();
    const { again, seen } = await applied(script, { version: 4 });
    expect(seen).toEqual([
      ['a', 1],
      ['b', 2],
      ['c', 2],
      ['d', 4],
    ]);
    expect(again.applier.version.now).toBe(4);
    const headers = again.markers.map(({ captured }) => captured?.checkpoint.header.machine.version);
    expect(headers).toEqual([2, 4]);
    expect(again.machine.captured).toEqual([2, 4]);
  });

  it('is the oldest that the founder knew, from entry 1 on', async () => {
    const script = new Script(simHasher, 3);
    script.say('a');
    const { seen } = await applied(script, { version: 5, oldestVersion: 2 });
    expect(seen).toEqual([['a', 3]]);
  });

  it('stops a node that does not know it: what follows would be applied in another way than elsewhere', async () => {
    const script = new Script(simHasher);
    script.say('a');
    raise(script, 2);
    script.say('b');
    const { again, seen } = await applied(script);
    expect(seen).toEqual([['a', 1]]);
    expect(again.applier.stopped).toBe(true);
    expect(again.applier.at.index).toBe(2);
    expect(again.failures).toEqual([
      expect.objectContaining({
        code: 'MACHINE_FAILED',
        message:
          'entry 3 brings version 2 of the state machine into force, and this node knows only 1: upgrade this node',
      }),
    ]);
  });

  it('stops a node that knows it no more, at the first command', async () => {
    const script = new Script(simHasher);
    script.mark();
    script.say('a');
    const { again, seen } = await applied(script, { version: 3, oldestVersion: 2 });
    expect(seen).toEqual([]);
    expect(again.applier.at.index).toBe(2);
    expect(String(again.failures[0])).toContain(
      'version 1 of the state machine is in force, and this node knows 2 to 3',
    );
  });

  it('stops a node at an entry that names none', async () => {
    const script = new Script(simHasher);
    script.add(EntryKind.version, new Uint8Array([9]));
    const { again } = await applied(script);
    expect(String(again.failures[0])).toContain(
      'entry 2 names no version of the state machine: version layout 9',
    );
  });

  it('changes in the midst of no run of commands', async () => {
    const script = new Script(simHasher);
    const run = { type: 'plain', origin: '1'.repeat(16), request: 1, of: 2 } as const;
    const command = new TextEncoder().encode('half');
    script.add(EntryKind.command, encodeEnvelope({ ...run, part: 0, command }));
    raise(script, 2);
    script.add(EntryKind.command, encodeEnvelope({ ...run, part: 1, command }));
    script.say('whole');
    const { seen } = await applied(script, { version: 2 });
    expect(seen).toEqual([['whole', 2]]);
  });
});

describe('a machine', () => {
  it('is refused if its versions cannot be', () => {
    expect(() => checkVersions({ ...noopMachine(), version: 2, oldestVersion: 2 })).not.toThrow();
    expect(() => checkVersions({ ...noopMachine(), oldestVersion: 2 })).toThrow(
      expect.objectContaining({
        code: 'PLUGIN_MISMATCH',
        message: expect.stringContaining('@smalti/core: the oldest version, 2'),
      }),
    );
  });
});
