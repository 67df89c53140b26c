import type { Entry, GroupLog, Index, SmaltiError, StoreCallback } from '@smalti/core';
import { toGroupId, toPeerId } from '@smalti/core';
import { Simulation } from '@smalti/simulator';
import { type MemoryStore, memoryStore } from '@smalti/storage-memory';
import { describe, expect, it } from 'vitest';
import type { Message } from '../../src/engine/messages.ts';
import { EngineShell } from '../../src/group/engine-shell.ts';
import type { ShellPort } from '../../src/group/shell-port.ts';
import { append, at } from '../engine/support/bench.ts';
import { catchUp } from '../engine/support/catch-up.ts';
import {
  anchorAt,
  configuration,
  genesis,
  hardState,
  key,
  logOf,
  optionsOf,
} from '../engine/support/members.ts';

const GROUP = toGroupId('d'.repeat(64));
const voters = configuration(['a', 'b', 'c']);
const LOG = [1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3];

/** A shell over a log in memory, and what it told, in order. */
class Shelf {
  readonly simulation = new Simulation();
  readonly store: MemoryStore;
  readonly log: GroupLog;
  readonly told: string[] = [];
  readonly shell: EngineShell;

  constructor(terms: readonly number[], commit: number) {
    const { clock, random, scheduler } = this.simulation.node('a').ports;
    this.store = memoryStore({ node: toPeerId('a'), random, scheduler });
    this.log = this.simulation.call<GroupLog>((done) => this.store.openGroup(GROUP, done));
    const entries = logOf(voters, terms);
    this.simulation.call((done) =>
      this.log.write({ entries, hardState: hardState(entries.at(-1)?.term ?? 1, null, commit) }, done),
    );
    this.shell = new EngineShell(optionsOf(key('a'), 7), this.log, 0, clock, this.#port());
  }

  #port(): ShellPort {
    const tell = (what: string): void => {
      this.told.push(what);
    };
    return {
      send: () => undefined,
      pulseOf: () => null,
      written: () => undefined,
      committed: (index) => tell(`committed ${index}`),
      readReady: () => undefined,
      readFailed: () => undefined,
      role: () => undefined,
      session: (event) => tell(event.type),
      moved: (last) => tell(`moved ${last.index}`),
      configuration: () => undefined,
      removed: () => undefined,
      note: () => undefined,
      fault: (error) => tell(`fault ${error.code}`),
      wake: () => undefined,
    };
  }

  hear(message: Message): void {
    this.shell.step({ type: 'message', from: key('b'), message });
  }

  done(name: string): StoreCallback {
    return (error: SmaltiError | null) => {
      this.told.push(`${name} ${error?.code ?? 'done'}`);
    };
  }

  /** Lets writes complete, and no more. */
  settle(): readonly string[] {
    this.simulation.runSync(this.simulation.now + 5);
    return this.told.splice(0);
  }

  entries(): readonly Entry[] {
    return this.simulation.call((done) => this.log.read(1 as Index, 100 as Index, 1e6, done));
  }
}

/** It lacks 6 to 9, and more; its leader's log begins after 9. */
function behind(): Shelf {
  const shelf = new Shelf([1, 1, 1, 1], 5);
  const since = at(9, 2);
  shelf.hear(catchUp({ term: 3, log: LOG, since, position: 9, commit: 12, anchor: anchorAt(9, 2) }));
  shelf.settle();
  return shelf;
}

describe('the shell of an engine', () => {
  it('H41: prunes the log no further than the announced checkpoint, and is shorter at once', () => {
    const shelf = new Shelf(LOG, 12);
    shelf.shell.announce(anchorAt(7, 2));
    shelf.shell.prune(9 as Index, shelf.done('prune'));
    expect(shelf.shell.termAt(6 as Index)).toBeUndefined();
    expect(shelf.told).toEqual([]);
    expect(shelf.settle()).toEqual(['prune done']);
    expect(shelf.log.base).toEqual(at(7, 2));
    expect(shelf.entries().map(({ index }) => index)).toEqual([8, 9, 10, 11, 12]);
  });

  it('H39: installs in one write of the log, and tells when it is on disk', () => {
    const shelf = behind();
    const anchor = anchorAt(9, 2);
    const { session } = shelf.shell;
    expect(session).toMatchObject({ mustInstall: true, anchor });
    expect(shelf.shell.mayInstall(1, anchor)).toBeNull();
    expect(shelf.shell.install(1, anchor, genesis(voters), 5, shelf.done('install'))).toBeNull();
    expect(shelf.settle()).toEqual(['moved 9', 'committed 9', 'install done']);
    expect(shelf.log.base).toEqual(at(9, 2));
    expect(shelf.log.last).toEqual(at(9, 2));
    expect(shelf.log.hardState).toMatchObject({ term: 3, commit: 9 });
    expect(shelf.log.configurations.map(({ index }) => index)).toEqual([1]);
    expect(shelf.shell.ask({ type: 'session-finish', epoch: 1, at: at(9, 2) })).toBeNull();
    shelf.hear({ ...append(3, at(9, 2), [], 10), entries: logOf(voters, LOG).slice(9, 10) });
    expect(shelf.settle()).toEqual(['moved 10', 'committed 10']);
  });

  it('does not call back what it refuses', () => {
    const shelf = behind();
    expect(shelf.shell.mayInstall(2, anchorAt(9, 2))).toMatch(/session 2 is over/);
    const refusal = shelf.shell.install(1, anchorAt(8, 2), genesis(voters), 5, shelf.done('install'));
    expect(refusal).toMatch(/none of those/);
    expect(shelf.settle()).toEqual([]);
    shelf.shell.close();
    expect(shelf.shell.mayInstall(1, anchorAt(9, 2))).toMatch(/has stopped/);
    expect(shelf.shell.repair(anchorAt(9, 2))).toMatch(/has stopped/);
  });

  it('H32: tells that there was no room for an install, and has the log as it was', () => {
    const shelf = new Shelf([1, 1, 1, 1], 5);
    shelf.store.capacity = 0;
    // The write before it finds no room, so that nothing after it is done.
    shelf.hear({ ...append(3, at(5, 1), []), entries: logOf(voters, LOG).slice(5, 6), logEnd: 12 as Index });
    const since = at(9, 2);
    shelf.hear(catchUp({ term: 3, log: LOG, since, position: 9, commit: 12, anchor: anchorAt(9, 2) }));
    expect(shelf.shell.install(1, anchorAt(9, 2), genesis(voters), 5, shelf.done('install'))).toBeNull();
    expect(shelf.shell.view.last).toEqual(at(9, 2));
    expect(shelf.settle()).toEqual([
      'moved 6',
      'session-opened',
      'moved 9',
      'session-over',
      'moved 5',
      'install STORAGE_FULL',
    ]);
    expect(shelf.shell.view).toMatchObject({ last: at(5, 1), commit: 5, full: true });
    expect(shelf.log.last).toEqual(at(5, 1));
    expect(shelf.log.base).toEqual(at(0, 0));
  });

  it('H36: repairs by an install that keeps what follows', () => {
    const shelf = new Shelf(LOG, 12);
    expect(shelf.shell.repair(anchorAt(9, 2))).toBeNull();
    expect(shelf.shell.session).toMatchObject({ mustInstall: true, lacks: false });
    expect(shelf.shell.install(1, anchorAt(9, 2), genesis(voters), 5, shelf.done('install'))).toBeNull();
    expect(shelf.settle()).toEqual(['session-opened', 'install done']);
    expect(shelf.entries().map(({ index }) => index)).toEqual([10, 11, 12]);
    expect(shelf.shell.ask({ type: 'session-finish', epoch: 1, at: at(12, 3) })).toBeNull();
    expect(shelf.shell.session).toBeNull();
  });
});
