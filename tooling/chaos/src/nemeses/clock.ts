import { setTimeout as pause } from 'node:timers/promises';
import { http, until } from '@smalti/cluster-tests/processes';
import type { Field } from '../field/field.ts';
import type { Subject } from '../field/subject.ts';
import { type Nemesis, named, pick } from './nemesis.ts';

const MINUTE_MS = 60_000;
/** How often a clock that drifts is moved, and how far: a tenth too fast. */
const DRIFT = Object.freeze({ everyMs: 500, byMs: 50 });
/** The header that tells the time is in whole seconds, and the library looks once a second. */
const SEEN_WITHIN_MS = 10_000;

/** The wall clock of one node, or of each, goes wrong. Clocks that only measure stay right. */
export const clock: Nemesis = {
  async inject(field, { variant, picks }) {
    const leader = await field.leader();
    const victims = variant === 'scattered' ? field.subjects : [leader];
    const offset = MINUTE_MS * (1 + 14 * (picks[0] ?? 0));
    const mover = new AbortController();
    let what = '';
    switch (variant) {
      case 'ahead':
      case 'behind': {
        const to = variant === 'ahead' ? offset : -offset;
        set(leader, to);
        what = `the clock of ${leader.id} jumps by ${shown(to)}`;
        break;
      }
      case 'scattered':
        for (const [i, subject] of field.subjects.entries())
          set(subject, 2 * offset * ((picks[i] ?? 0) - 0.5));
        what = `clocks are off by ${field.subjects.map((each) => shown(each.clock?.offsetMs ?? 0)).join(', ')}`;
        break;
      case 'drift':
        set(leader, 2_000);
        what = `the clock of ${leader.id} runs a tenth too fast`;
        void move(leader, mover.signal, DRIFT.everyMs, (was) => was + DRIFT.byMs);
        break;
      default:
        set(leader, offset);
        what = `the clock of ${leader.id} jumps to ${shown(offset)} and back, again and again`;
        void move(leader, mover.signal, 1_200, (was) => -was);
    }
    if (variant !== 'back and forth') await seen(field, pick(victims, picks[1]));
    return {
      what,
      heal: () => {
        mover.abort();
        for (const subject of victims) set(subject, 0);
      },
    };
  },
};

/** Only clocks that the process sees count: what a node answers names its time. */
async function seen(field: Field, { node, clock: moved, id }: Subject): Promise<void> {
  const wanted = moved?.offsetMs ?? 0;
  await until(
    `${id} sees that its clock is off by ${wanted} ms (of ${named(field.subjects)})`,
    async () => {
      if (!node.alive) return true;
      const { date } = await http(node.http, '/healthz', { timeoutMs: 500 });
      return date !== null && Math.abs(date.getTime() - Date.now() - wanted) < 3_000;
    },
    SEEN_WITHIN_MS,
  );
}

function set({ id, clock: moved }: Subject, offsetMs: number): void {
  if (moved === null) throw new Error(`${id} was started with the clock of the machine`);
  moved.set(Math.round(offsetMs));
}

async function move(
  subject: Subject,
  signal: AbortSignal,
  everyMs: number,
  next: (wasMs: number) => number,
): Promise<void> {
  while (!signal.aborted) {
    await pause(everyMs);
    if (!signal.aborted) set(subject, next(subject.clock?.offsetMs ?? 0));
  }
}

function shown(ms: number): string {
  return `${ms < 0 ? '' : '+'}${Math.round(ms / 1_000)} s`;
}
