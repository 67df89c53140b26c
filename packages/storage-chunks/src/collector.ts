import { DamagedPart, type PartName, reach } from '@smalti/core';
import { call, run, type Steps, Stint } from '@smalti/core/steps';
import { type Environment, TURN_MS } from './files/environment.ts';
import type { Pack } from './files/pack.ts';
import type { NamedPart, PackFiles } from './files/pack-files.ts';
import { bytesInBatch, HEAD_BYTES, roundUp } from './format/batch.ts';
import type { Journal } from './journal.ts';
import type { Leases } from './leases.ts';
import type { PartIndex, Row } from './part-index.ts';

/** Places that are looked at in one turn of the event loop, at most. */
const SLICE = 5000;
/** Places that are forgotten as one job of the journal. */
const FORGOTTEN = 512;
const DAY_MS = 86_400_000;
/** Bytes that are copied as one job of the journal: puts wait for so long. */
const COPY_BYTES = 256 * 1024;

/** What the collector is made with. */
export interface CollectorParts {
  readonly env: Environment;
  readonly index: PartIndex;
  readonly files: PackFiles;
  readonly journal: Journal;
  readonly leases: Leases;
  /** Roots of the manifests. */
  readonly roots: () => readonly PartName[];
}

/** What is in a pack. */
interface Content {
  readonly unneeded: Row[];
  readonly needed: Row[];
  /** Bytes that what is needed would take if it were written at once. */
  neededBytes: number;
}

/**
 * Finds out, from time to time, which parts nobody needs any more, and gives their space back: a pack with nothing that
 * is needed is removed, and of one that is needed for less than half, the rest is copied first. At a bounded rate, a
 * little in each turn. Whenever somebody may need more than was known, a round is given up and another begun later.
 */
export class Collector {
  readonly #parts: CollectorParts;
  #round = 0;
  /** Goes up when more may be needed than a round has found out. */
  #changes = 0;
  /** Until then nothing is looked for. */
  readonly #notBefore: number;
  #wanted = false;
  #running = false;
  #stopped = false;
  #timer: { readonly due: number; cancel(): void } | null = null;

  constructor(parts: CollectorParts) {
    this.#parts = parts;
    const { clock, options } = parts.env;
    this.#notBefore = clock.now() + options.graceMs;
  }

  /** Something may be needed no more. */
  wake(): void {
    this.#wanted = true;
    this.#schedule(this.#parts.env.options.collectAfterMs);
  }

  /** More is needed than before: what a round has found out so far does not count. */
  interrupt(): void {
    this.#changes += 1;
    this.wake();
  }

  stop(): void {
    this.#stopped = true;
    this.#timer?.cancel();
  }

  /** Begins a round then, or earlier, if that was planned. */
  #schedule(afterMs: number): void {
    const { clock } = this.#parts.env;
    const due = Math.max(clock.now() + afterMs, this.#notBefore);
    if (this.#stopped || this.#running || (this.#timer !== null && this.#timer.due <= due)) return;
    this.#timer?.cancel();
    const timer = clock.setTimer(due - clock.now(), () => {
      this.#timer = null;
      if (this.#stopped || this.#parts.journal.fault !== null) return;
      this.#running = true;
      this.#wanted = false;
      run(this.#collect(), () => this.#ended());
    });
    this.#timer = { due, cancel: () => timer.cancel() };
  }

  #ended(): void {
    this.#running = false;
    const { env, leases } = this.#parts;
    const { collectAfterMs } = env.options;
    const { nextEnd } = leases;
    if (this.#wanted) this.#schedule(collectAfterMs);
    // Looked at once a day, a lease may be without an end, and timers need not take what is longer.
    else if (nextEnd !== null) {
      this.#schedule(Math.min(DAY_MS, Math.max(collectAfterMs, nextEnd - env.clock.now())));
    }
  }

  *#collect(): Steps<void> {
    const { index, files } = this.#parts;
    this.#round += 1;
    index.clock += 1;
    const began = { changes: this.#changes, clock: index.clock };
    const isStale = (): boolean => this.#stopped || this.#changes !== began.changes;
    if (!(yield* this.#mark(isStale))) return;
    const contents = yield* this.#weigh(began.clock);
    const isHalfEmpty = ({ end }: Pack, { neededBytes }: Content): boolean =>
      2 * (neededBytes === 0 ? 0 : roundUp(HEAD_BYTES + neededBytes)) < end;
    const emptied = new Set(
      [...contents.keys()].filter((pack) => isHalfEmpty(pack, contents.get(pack) as Content)),
    );
    // All of them before the first is copied, or what is copied would go into one that is to be emptied next.
    for (const pack of emptied) files.seal(pack);
    for (const [pack, content] of contents) {
      if (isStale()) return;
      if (emptied.has(pack)) yield* this.#empty(pack, content, began.clock, isStale);
      else yield* this.#forget(pack, content.unneeded, began.clock, isStale);
    }
  }

  /** Marks what is needed. False if that could not be found out. */
  *#mark(isStale: () => boolean): Steps<boolean> {
    const { roots, leases } = this.#parts;
    for (const root of roots()) {
      if (!(yield* this.#markTree(root, isStale))) {
        // What is below a part that is missing is not known, and may still be good.
        this.#parts.env.logger.warn('nothing is collected while a checkpoint lacks a part', { root });
        return false;
      }
    }
    for (const root of leases.roots) yield* this.#markTree(root, isStale);
    return !isStale();
  }

  /** False if a part is missing. */
  *#markTree(root: PartName, isStale: () => boolean): Steps<boolean> {
    const { env, index, files } = this.#parts;
    const search = reach(root, env.hasher, (name) => index.isMarked(name, this.#round));
    const stint = this.#stint();
    let all = true;
    try {
      for (let step = search.next(); step.done !== true; ) {
        if (isStale()) return true;
        if ('names' in step.value) {
          for (const name of step.value.names) if (!index.mark(name, this.#round)) all = false;
          if (stint.did(step.value.names.length)) yield* stint.rest();
          step = search.next();
        } else {
          const answers = yield* files.read(step.value.get);
          all &&= !answers.includes(null);
          yield* this.#pace(answers.reduce((sum, bytes) => sum + (bytes?.length ?? 0), 0));
          // What was read has been verified in this turn already.
          yield* stint.rest();
          step = search.next(answers);
        }
      }
    } catch (error) {
      if (!(error instanceof DamagedPart)) throw error;
      return false;
    }
    return all;
  }

  #isNeeded(row: Row, since: number): boolean {
    const { index, leases } = this.#parts;
    if (index.markOf(row) === this.#round) return true;
    const touched = index.touchedOf(row);
    return touched >= since || touched >= leases.since;
  }

  *#weigh(since: number): Steps<ReadonlyMap<Pack, Content>> {
    const { index, files } = this.#parts;
    const contents = new Map<Pack, Content>();
    for (const pack of files.packs) contents.set(pack, { unneeded: [], needed: [], neededBytes: 0 });
    const stint = this.#stint();
    for (const row of index.rows()) {
      const pack = index.packOf(row);
      const content = pack === null ? undefined : contents.get(pack);
      if (content !== undefined && this.#isNeeded(row, since)) {
        content.needed.push(row);
        content.neededBytes += bytesInBatch(index.lengthOf(row));
      } else {
        content?.unneeded.push(row);
        // A commit in between must not take it for granted.
        index.setWhole(row, 0);
      }
      if (stint.did(1)) yield* stint.rest();
    }
    return contents;
  }

  /** Copies what is needed of a pack, then removes it. */
  *#empty(pack: Pack, content: Content, since: number, isStale: () => boolean): Steps<void> {
    const { index, env } = this.#parts;
    const { needed } = content;
    const bytes = pack.end;
    for (let at = 0; at < needed.length; ) {
      const some: Row[] = [];
      for (let size = 0; at < needed.length && size < COPY_BYTES; at++) {
        const row = needed[at] as Row;
        some.push(row);
        size += index.lengthOf(row);
      }
      if (!(yield* this.#inJournal(() => this.#copy(pack, some), isStale))) return;
      yield* this.#pace(COPY_BYTES);
    }
    // Copied by now, unless it was damaged; what was put again meanwhile is needed, and the pack stays for it.
    yield* this.#forget(pack, [...needed, ...content.unneeded], since, isStale);
    yield* this.#inJournal(() => this.#remove(pack), isStale);
    if (pack.removed) env.meter.count('chunks.collected_bytes', bytes);
    else this.wake();
  }

  // biome-ignore lint/correctness/useYield: a job of the journal, and it need not wait
  *#forgetNow(pack: Pack, rows: readonly Row[], since: number): Steps<void> {
    const { index } = this.#parts;
    // A row may be another part's by now: then that one is looked at.
    for (const row of rows) {
      if (index.packOf(row) === pack && !this.#isNeeded(row, since)) index.forget(row);
    }
  }

  /** Parts that nobody needs stay on the disk, with the others of their pack, and are as if they were not there. */
  *#forget(pack: Pack, rows: readonly Row[], since: number, isStale: () => boolean): Steps<void> {
    for (let at = 0; at < rows.length; at += FORGOTTEN) {
      const some = rows.slice(at, at + FORGOTTEN);
      if (!(yield* this.#inJournal(() => this.#forgetNow(pack, some, since), isStale))) return;
    }
  }

  *#copy(pack: Pack, rows: readonly Row[]): Steps<void> {
    const { index, files } = this.#parts;
    const here = rows.filter((row) => index.packOf(row) === pack).map((row) => index.nameOf(row));
    const parts = yield* files.read(here);
    const good: NamedPart[] = here.flatMap((name, i) => {
      const bytes = parts[i] ?? null;
      return bytes === null ? [] : [[name, bytes] as const];
    });
    yield* files.write(good);
  }

  *#remove(pack: Pack): Steps<void> {
    // Some may have been put, or put again, since they were looked at: then the pack stays until the next round.
    if (pack.parts === 0) yield* this.#parts.files.remove(pack);
  }

  #stint(): Stint {
    const { clock, scheduler } = this.#parts.env;
    return new Stint(clock, scheduler, { ms: TURN_MS, most: SLICE });
  }

  /** Does work alone, between those of others. False if it was not done. */
  #inJournal(work: () => Steps<void>, isStale: () => boolean): Steps<boolean> {
    const { journal } = this.#parts;
    let done = false;
    function* checked(): Steps<void> {
      if (isStale()) return;
      yield* work();
      done = true;
    }
    return call((told) => journal.submit(checked, () => told(null, done)));
  }

  /** Waits so long that the rate is kept. */
  #pace(bytes: number): Steps<void> {
    const { clock, options } = this.#parts.env;
    return call((done) => {
      clock.setTimer((bytes * 1000) / options.collectBytesPerSecond, () => done(null, undefined));
    });
  }
}
