import type { DiskStage } from '@smalti/simulator';
import type { Member } from './member.ts';
import type { World } from './world.ts';

/** What a trap ends a process with. */
export type Ending = 'power loss' | 'kill';

/** Around what an install does to the disk, and after the machine has the state. */
export const INSTALL_STEPS = [
  'before its manifest',
  'after its manifest',
  'before the reset',
  'after the reset',
  'after the state',
] as const;

export type InstallStep = (typeof INSTALL_STEPS)[number];

interface Trap {
  left: number;
  readonly ending: Ending;
  /** Sprung when the process was ended. */
  readonly sprung: () => void;
}

/** Ends processes at a boundary of an effect: before or after something reaches the disk, or before a message leaves. */
export class Traps {
  readonly #world: World;
  readonly #ofDisk = new Map<string, Trap & { readonly stage: DiskStage }>();
  readonly #ofSends = new Map<string, Trap>();
  #ofInstalls: {
    readonly step: InstallStep;
    readonly ending: Ending;
    readonly sprung: (member: Member) => void;
  } | null = null;
  #listening = false;

  constructor(world: World) {
    this.#world = world;
  }

  /** Ends the process of a node at its `after`-th disk operation from now. */
  atDisk(node: string, after: number, stage: DiskStage, ending: Ending, sprung: () => void): void {
    this.#listen();
    this.#ofDisk.set(node, { left: after, stage, ending, sprung });
  }

  /** Ends it before its `after`-th message from now leaves. */
  atSend(node: string, after: number, ending: Ending, sprung: () => void): void {
    this.#ofSends.set(node, { left: after, ending, sprung });
  }

  /** Ends whichever process gets to that step of an install next. */
  atInstall(step: InstallStep, ending: Ending, sprung: (member: Member) => void): void {
    this.#ofInstalls = { step, ending, sprung };
  }

  clear(): void {
    this.#ofDisk.clear();
    this.#ofSends.clear();
    this.#ofInstalls = null;
  }

  /** An install gets to that step. */
  installing(node: string, step: InstallStep): void {
    const trap = this.#ofInstalls;
    const member = this.#world.member(node);
    if (trap?.step !== step || !member.sim.running) return;
    this.#ofInstalls = null;
    this.#world.losses['install cut short'] += 1;
    this.#world.tell(`${node} is at a step of an install: ${step}`);
    this.#spring(node, { left: 0, ending: trap.ending, sprung: () => trap.sprung(member) });
  }

  /** A message is about to leave: true if its sender ends here. */
  leaving(node: string): boolean {
    const trap = this.#ofSends.get(node);
    if (trap === undefined) return false;
    trap.left -= 1;
    if (trap.left > 0) return false;
    this.#ofSends.delete(node);
    this.#spring(node, trap);
    return true;
  }

  #listen(): void {
    if (this.#listening) return;
    this.#listening = true;
    for (const { id, sim } of this.#world.members) {
      sim.disk.onOperation((_operation, stage) => {
        const trap = this.#ofDisk.get(id);
        if (trap?.stage !== stage) return;
        trap.left -= 1;
        if (trap.left > 0) return;
        this.#ofDisk.delete(id);
        this.#spring(id, trap);
      });
    }
  }

  #spring(node: string, { ending, sprung }: Trap): void {
    const member = this.#world.member(node);
    if (!member.sim.running) return;
    if (ending === 'kill') this.#world.kill(member);
    else this.#world.powerLoss(member);
    sprung();
  }
}
