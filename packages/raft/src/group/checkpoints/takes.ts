import type { Anchor, Index, SmaltiError } from '@smalti/core';
import { aborted, callError } from '../errors.ts';

interface Take {
  readonly wanted: Index;
  readonly settle: (error: SmaltiError | null, anchor: Anchor | null) => void;
}

/** Whoever waits on this node for a checkpoint. */
export class Takes {
  readonly #waiting = new Set<Take>();

  /** The latest index of which a checkpoint is waited for; 0 if none is. */
  get wanted(): Index {
    return Math.max(0, ...[...this.#waiting].map((take) => take.wanted)) as Index;
  }

  /** Resolves with a checkpoint of that index or a later one, when there is one. */
  open(wanted: Index, signal: AbortSignal | undefined): Promise<Anchor> {
    return new Promise((resolve, reject) => {
      if (signal?.aborted) return reject(aborted('none'));
      const onAbort = (): void => take.settle(aborted('none'), null);
      const take: Take = {
        wanted,
        settle: (error, anchor) => {
          this.#waiting.delete(take);
          signal?.removeEventListener('abort', onAbort);
          if (anchor !== null) resolve(anchor);
          else reject(error);
        },
      };
      signal?.addEventListener('abort', onAbort);
      this.#waiting.add(take);
    });
  }

  /** That checkpoint is agreed on and whole on this disk. */
  kept(anchor: Anchor): void {
    for (const take of [...this.#waiting]) if (take.wanted <= anchor.at.index) take.settle(null, anchor);
  }

  /** Nothing comes of the checkpoint at that marker. */
  failed(marker: Index, why: string): void {
    for (const take of [...this.#waiting]) {
      if (take.wanted > marker) continue;
      const text = `the checkpoint at ${marker} came to nothing here: ${why}`;
      take.settle(callError('CHECKPOINT_FAILED', text, 'none'), null);
    }
  }

  failAll(why: SmaltiError): void {
    for (const take of [...this.#waiting]) take.settle(why, null);
  }
}
