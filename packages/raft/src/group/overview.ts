import type { ClusterId, Cursor, GroupId, Index, MemberKey } from '@smalti/core';
import { Age } from './age.ts';
import type { BondTable } from './bond-table.ts';
import type { CheckpointDesk } from './checkpoints/checkpoint-desk.ts';
import type { EngineShell } from './engine-shell.ts';
import type { GroupEvents } from './events.ts';
import type { Life } from './life.ts';
import type { Reads } from './reads.ts';
import type { Requests } from './requests.ts';
import type { RuntimeOptions } from './runtime-options.ts';
import type { SkipDesk } from './skips/skip-desk.ts';
import type { Standing } from './standing.ts';
import { statusOf } from './status.ts';
import type { GroupStatus, MachineVersionStatus } from './status-api.ts';
import type { SyncDesk } from './sync-desk.ts';
import { ViewNews } from './view-news.ts';

/** What an overview looks at. */
export interface OverviewParts {
  readonly options: Pick<RuntimeOptions<never, never, never>, 'boot' | 'platform' | 'log'>;
  readonly self: MemberKey;
  readonly events: GroupEvents;
  readonly standing: Standing;
  readonly life: Life;
  readonly bonds: BondTable;
  readonly requests: Requests;
  readonly reads: Reads;
  readonly sync: Pick<SyncDesk<never, never, never>, 'status'>;
  /** Null while the node is blank. */
  shell(): EngineShell | null;
  group(): GroupId;
  cluster(): ClusterId | null;
  applied(): Cursor;
  checkpoints(): CheckpointDesk | null;
  machineVersion(): MachineVersionStatus;
  skips(): SkipDesk | null;
}

/** How a group is on this node, for whoever asks, and what of it is news. */
export class Overview {
  readonly #parts: OverviewParts;
  readonly #age: Age;
  readonly #news: ViewNews;

  constructor(parts: OverviewParts) {
    const { clock } = parts.options.platform;
    this.#parts = parts;
    this.#age = new Age(() => clock.now());
    this.#news = new ViewNews(clock, (news) => parts.events.emit(news));
  }

  /** How old what is applied may be, in milliseconds; null if it is not known. */
  ageMs(): number | null {
    this.#age.note(this.#parts.shell()?.fresh ?? null, this.#parts.applied().index);
    return this.#age.ms;
  }

  /** More has been applied. */
  applied(index: Index): void {
    this.#age.applied(index);
  }

  /** At the end of a turn. */
  look(shell: EngineShell): void {
    const { events, sync, applied } = this.#parts;
    this.#age.note(shell.fresh, applied().index);
    if (events.heard) this.#news.look(shell.view, sync.status());
    else this.#news.forget();
  }

  status(): GroupStatus {
    const { self, options, standing, life, requests, reads, bonds, sync, shell } = this.#parts;
    return statusOf({
      self,
      boot: options.boot,
      group: this.#parts.group(),
      cluster: this.#parts.cluster(),
      view: shell()?.view ?? null,
      committed: standing.position('committed'),
      applied: this.#parts.applied(),
      ageMs: this.ageMs(),
      requests,
      reads,
      now: options.platform.clock.now(),
      log: options.log,
      sync: sync.status(),
      bonds,
      checkpoints: this.#parts.checkpoints()?.status() ?? null,
      machineVersion: this.#parts.machineVersion(),
      machineFailure: this.#parts.skips()?.failure ?? null,
      skipped: this.#parts.skips()?.skipped ?? [],
      life,
    });
  }
}
