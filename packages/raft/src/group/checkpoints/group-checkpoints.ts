import type { Manifest, SmaltiError } from '@smalti/core';
import { callError } from '../errors.ts';
import type { CheckpointDesk } from './checkpoint-desk.ts';
import type { Checkpoints, TakenCheckpoint } from './checkpoints-api.ts';

/** What the checkpoints of a group need of it. */
export interface GroupCheckpointsPort {
  /** Null if this node keeps none, and while it is blank. */
  readonly checkpoints: CheckpointDesk | null;
  readonly role: string;
  /** Why nothing can be asked any more, or null. */
  refusal(outcome: 'none'): SmaltiError | null;
}

/** The checkpoints of a group, as its users see them. */
export class GroupCheckpoints implements Checkpoints {
  readonly #port: GroupCheckpointsPort;

  constructor(port: GroupCheckpointsPort) {
    this.#port = port;
  }

  list(): readonly Manifest[] {
    return this.#port.checkpoints?.status().kept ?? [];
  }

  async take(signal?: AbortSignal): Promise<TakenCheckpoint> {
    const refusal = this.#port.refusal('none');
    if (refusal !== null) throw refusal;
    const desk = this.#port.checkpoints;
    if (desk === null) {
      throw this.#port.role === 'blank'
        ? callError('CHECKPOINT_FAILED', 'this node belongs to no cluster yet', 'none')
        : callError('BAD_OPTION', 'this node keeps no checkpoints: give join the option checkpoints', 'none');
    }
    const { at, root } = await desk.take(signal);
    return { marker: at, root };
  }
}
