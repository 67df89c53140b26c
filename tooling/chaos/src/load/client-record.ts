import { HistoryRecorder, type KvInput, type KvOutput, type Operation } from '@smalti/simulator';
import type { Outcome } from './outcome.ts';

export type KvOperation = Operation<KvInput, KvOutput>;

/** How many operations ended how. */
export interface OutcomeCounts {
  readonly ok: number;
  readonly refused: number;
  readonly open: number;
  /** Reads without an answer: they tell nothing, and no history has them. */
  readonly dropped: number;
}

/** All that the clients did. */
export class ClientRecord {
  readonly #recorder = new HistoryRecorder<KvInput, KvOutput>({ now: () => performance.now() });
  readonly #counts = { ok: 0, refused: 0, open: 0, dropped: 0 };
  /** Answers that no server should give. */
  readonly wrong: string[] = [];

  get counts(): OutcomeCounts {
    return { ...this.#counts };
  }

  /** Call it just before the request is sent; tell what it gives what became of it, once. */
  begin(client: string, input: KvInput): (outcome: Outcome) => void {
    const handle = this.#recorder.begin(client, input);
    const isRead = input.op === 'get' || input.op === 'mget';
    return (outcome) => {
      if (outcome.kind === 'ok') {
        handle.ok(outcome.output);
        this.#counts.ok++;
      } else if (outcome.kind === 'refused') {
        handle.failed();
        this.#counts.refused++;
      } else {
        if (outcome.kind === 'wrong')
          this.wrong.push(`${client}: ${input.op} was answered with ${outcome.why}`);
        if (isRead) handle.failed();
        else handle.unknown();
        this.#counts[isRead ? 'dropped' : 'open']++;
      }
    };
  }

  history(): KvOperation[] {
    return this.#recorder.history();
  }
}
