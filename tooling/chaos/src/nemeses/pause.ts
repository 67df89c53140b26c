import { type Nemesis, named, victims } from './nemesis.ts';

/** SIGSTOP for longer than an election takes, then SIGCONT: it does not know that time has passed. */
export const pause: Nemesis = {
  async inject(field, { variant, picks }) {
    const paused = await victims(field, variant, picks);
    for (const subject of paused) subject.pause();
    return {
      what: `paused ${named(paused)}`,
      heal: () => {
        for (const subject of paused) subject.resume();
      },
    };
  },
};
