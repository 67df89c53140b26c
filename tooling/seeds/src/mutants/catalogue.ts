import { ages } from './ages.ts';
import { answers } from './answers.ts';
import { catchUp } from './catch-up.ts';
import { checkpoints } from './checkpoints.ts';
import { commits } from './commits.ts';
import { disks } from './disks.ts';
import { elections } from './elections.ts';
import { logs } from './logs.ts';
import { members } from './members.ts';
import type { Mutant } from './mutant.ts';
import { reads } from './reads.ts';
import { sessions } from './sessions.ts';
import { skips } from './skips.ts';
import { versions } from './versions.ts';

/** Bugs of others, and of the textbooks. A new one is an entry in one of these lists. */
export const MUTANTS: readonly Mutant[] = [
  ...elections,
  ...commits,
  ...logs,
  ...disks,
  ...reads,
  ...ages,
  ...answers,
  ...sessions,
  ...catchUp,
  ...members,
  ...checkpoints,
  ...versions,
  ...skips,
];
