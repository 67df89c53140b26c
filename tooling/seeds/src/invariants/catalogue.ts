import type { WatchMaker } from '../observe/watch.ts';
import { agesAreHonest } from './ages-are-honest.ts';
import { agreedByAMajority } from './agreed-by-a-majority.ts';
import { answersAreHonest } from './answers-are-honest.ts';
import { appliedAlike } from './applied-alike.ts';
import { byteBudgets } from './byte-budgets.ts';
import { checkpointsSayWhatTheLogSays } from './checkpoints-say-what-the-log-says.ts';
import { commitNeverGoesBack } from './commit-never-goes-back.ts';
import { commitsOwnTerm } from './commits-own-term.ts';
import { committedIsDurable } from './committed-is-durable.ts';
import { committedOnce } from './committed-once.ts';
import { cutOnProof } from './cut-on-proof.ts';
import { effectOnce } from './effect-once.ts';
import { electedByAMajority } from './elected-by-a-majority.ts';
import { groupTimeNeverGoesBack } from './group-time-never-goes-back.ts';
import { leaderAppendsOnly } from './leader-appends-only.ts';
import { leaderCompleteness } from './leader-completeness.ts';
import { leasesHold } from './leases-hold.ts';
import { logMatching } from './log-matching.ts';
import { oneChangeAtATime } from './one-change-at-a-time.ts';
import { oneLeaderATerm } from './one-leader-a-term.ts';
import { oneMarkerOpen } from './one-marker-open.ts';
import { oneVoteATerm } from './one-vote-a-term.ts';
import { promisesAreDurable } from './promises-are-durable.ts';
import { prunedBehindCheckpoints } from './pruned-behind-checkpoints.ts';
import { resetsKeepWhatFollows } from './resets-keep-what-follows.ts';
import { rootsAreEqual } from './roots-are-equal.ts';
import { skippedByAll } from './skipped-by-all.ts';
import { stateIsReplayed } from './state-is-replayed.ts';
import { storageKeeps } from './storage-keeps.ts';
import { versionsThatAllKnow } from './versions-that-all-know.ts';
import { weakReads } from './weak-reads.ts';

/** Everything that has to hold at every step. */
export const INVARIANTS: readonly WatchMaker[] = [
  oneLeaderATerm,
  oneVoteATerm,
  electedByAMajority,
  leaderAppendsOnly,
  cutOnProof,
  logMatching,
  leaderCompleteness,
  committedOnce,
  committedIsDurable,
  commitNeverGoesBack,
  commitsOwnTerm,
  oneChangeAtATime,
  appliedAlike,
  answersAreHonest,
  effectOnce,
  promisesAreDurable,
  groupTimeNeverGoesBack,
  storageKeeps,
  stateIsReplayed,
  rootsAreEqual,
  checkpointsSayWhatTheLogSays,
  versionsThatAllKnow,
  skippedByAll,
  oneMarkerOpen,
  agreedByAMajority,
  prunedBehindCheckpoints,
  leasesHold,
  resetsKeepWhatFollows,
  weakReads,
  agesAreHonest,
  byteBudgets,
];
