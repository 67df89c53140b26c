import { bitRot } from './bit-rot.ts';
import { blackout } from './blackout.ts';
import { clockDrift } from './clock-drift.ts';
import { clockJump } from './clock-jump.ts';
import { coups } from './coups.ts';
import { crashAtDisk } from './crash-at-disk.ts';
import { crashAtInstall } from './crash-at-install.ts';
import { crashAtSend } from './crash-at-send.ts';
import { duplication } from './duplication.ts';
import { failedSync, ioError, shortWrite } from './failing-disk.ts';
import type { Fault } from './fault.ts';
import { flapping } from './flapping.ts';
import { flippedState } from './flipped-state.ts';
import { forgetfulVoter } from './forgetful-voter.ts';
import { fullDisk } from './full-disk.ts';
import { hangingDisk } from './hanging-disk.ts';
import { isolation } from './isolation.ts';
import { kill } from './kill.ts';
import { laggingLeader } from './lagging-leader.ts';
import { liar } from './liar.ts';
import { loss } from './loss.ts';
import { misdirectedWrite } from './misdirected-write.ts';
import { oneWayCut } from './one-way-cut.ts';
import { partition } from './partition.ts';
import { pause } from './pause.ts';
import { powerLoss } from './power-loss.ts';
import { reordering } from './reordering.ts';
import { reset } from './reset.ts';
import { resetInFrame } from './reset-in-frame.ts';
import { ring } from './ring.ts';
import { rottenPart } from './rotten-part.ts';
import { rottenTail } from './rotten-tail.ts';
import { slowDisk } from './slow-disk.ts';
import { slowNetwork } from './slow-network.ts';
import { slowPeer } from './slow-peer.ts';
import { wipe } from './wipe.ts';

/** Everything that can go wrong. A new fault is a file and a line here. */
export const FAULTS: readonly Fault[] = [
  slowNetwork,
  slowPeer,
  loss,
  duplication,
  reordering,
  oneWayCut,
  partition,
  isolation,
  coups,
  laggingLeader,
  ring,
  flapping,
  reset,
  resetInFrame,
  slowDisk,
  hangingDisk,
  fullDisk,
  shortWrite,
  failedSync,
  ioError,
  bitRot,
  rottenTail,
  forgetfulVoter,
  misdirectedWrite,
  powerLoss,
  blackout,
  kill,
  crashAtDisk,
  crashAtSend,
  crashAtInstall,
  pause,
  wipe,
  clockJump,
  clockDrift,
  liar,
  rottenPart,
  flippedState,
];

export function faultOf(name: string): Fault {
  const fault = FAULTS.find((each) => each.name === name);
  if (fault === undefined) throw new Error(`no fault is called ${name}`);
  return fault;
}
