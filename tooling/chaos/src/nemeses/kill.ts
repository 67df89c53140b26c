import { setTimeout as pause } from 'node:timers/promises';
import type { Subject } from '../field/subject.ts';
import { type Nemesis, named, pick, victims } from './nemesis.ts';

const TIMES = 3;

/** kill -9, or SIGTERM once in a while, and later a new process on the same directory. */
export const kill: Nemesis = {
  async inject(field, { variant, picks }) {
    if (variant === 'told to stop') return stopped(pick(field.subjects, picks[0]));
    if (variant === 'again and again') return again(pick(field.subjects, picks[0]), picks);
    const killed = await victims(field, variant, picks);
    await Promise.all(killed.map((subject) => subject.kill()));
    return {
      what: `killed ${named(killed)}`,
      heal: async () => {
        await Promise.all(killed.map((subject) => subject.restart()));
      },
    };
  },
};

/** Again while it reads its log or meets the others. */
async function again(victim: Subject, picks: readonly number[]) {
  for (let i = 0; i < TIMES; i++) {
    await victim.kill();
    victim.launch();
    await pause(900 * (picks[i + 1] ?? 0));
  }
  await victim.kill();
  return { what: `killed ${victim.id} ${TIMES + 1} times`, heal: () => victim.restart() };
}

async function stopped(victim: Subject) {
  await victim.stop();
  return { what: `told ${victim.id} to stop`, heal: () => victim.restart() };
}
