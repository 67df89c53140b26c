import type { Anchor, SmaltiError } from '@smalti/core';
import type { Endings } from '../endings.ts';
import type { EngineShell } from '../engine-shell.ts';

/** What a guard needs of its group. */
export interface StateGuardParts {
  readonly shell: Pick<EngineShell, 'leads' | 'session' | 'repair' | 'transfer'>;
  readonly applier: { pause(): void };
  readonly endings: Pick<Endings, 'stateLost' | 'stateFound'>;
  note(text: string): void;
}

/**
 * A state that cannot be relied on, because it is damaged or has diverged: nothing is applied to it or read from it,
 * while the node goes on replicating and voting, until an agreed checkpoint has taken its place. A leader hands over
 * first.
 */
export class StateGuard {
  readonly #parts: StateGuardParts;
  #anchor: Anchor | null = null;
  #noted = '';

  constructor(parts: StateGuardParts) {
    this.#parts = parts;
  }

  /** True while the state is not relied on. */
  get distrusts(): boolean {
    return this.#anchor !== null;
  }

  /** The state is not to be relied on, and is to be that of `anchor`, or of a younger checkpoint. */
  distrust(anchor: Anchor, why: SmaltiError): void {
    this.#anchor = anchor;
    this.#parts.applier.pause();
    this.#parts.endings.stateLost(why);
    this.look();
  }

  /** At the end of a turn. */
  look(): void {
    const { shell, note } = this.#parts;
    if (this.#anchor === null) return;
    if (!shell.leads && shell.session?.mustInstall === true) return;
    const why = shell.leads ? shell.transfer(null) : shell.repair(this.#anchor);
    if (why !== null && why !== this.#noted) note(`cannot begin to install a checkpoint: ${why}`);
    this.#noted = why ?? '';
  }

  /** A checkpoint was installed. */
  installed(): void {
    if (this.#anchor === null) return;
    this.#anchor = null;
    this.#parts.endings.stateFound();
  }
}
