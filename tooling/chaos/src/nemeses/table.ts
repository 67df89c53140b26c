import type { NemesisName } from '../plan/nemesis-name.ts';
import { bitflip } from './bitflip.ts';
import { clock } from './clock.ts';
import { diskFull } from './disk-full.ts';
import { kill } from './kill.ts';
import type { Nemesis } from './nemesis.ts';
import { oneway } from './oneway.ts';
import { partition } from './partition.ts';
import { pause } from './pause.ts';
import { ring } from './ring.ts';
import { tornTail } from './torn-tail.ts';

export const TABLE: Readonly<Record<NemesisName, Nemesis>> = Object.freeze({
  kill,
  pause,
  partition,
  ring,
  oneway,
  'disk-full': diskFull,
  bitflip,
  'torn-tail': tornTail,
  clock,
});
