import type { Anchor, Index } from '@smalti/core';
import { sendCatchUp } from './catch-up.ts';
import { raiseCommit } from './commit.ts';
import type { Core } from './core.ts';

/*
 * What this node holds of checkpoints: the log is cut by them, and a leader tells of them whoever catches up.
 */

/** The newest checkpoint that is whole on this node's disk and has an agreed root. */
export function takeAnchor(core: Core, anchor: Anchor): void {
  core.anchor = anchor;
  const { at } = anchor;
  const held = core.log.termAt(at.index) === at.term && at.index <= core.disk.durable;
  if (held) {
    // It is agreed, so it was committed: a restart may know of less.
    if (at.index > core.verified) core.verified = at.index;
    raiseCommit(core, at.index);
  }
  tellAnew(core, () => true);
}

/** Asks those anew that are catching up: something else holds for them now. */
function tellAnew(core: Core, whom: (match: Index) => boolean): void {
  if (core.role !== 'leader') return;
  for (const [key, progress] of core.peers) {
    const { catchUp, match } = progress;
    // Whoever has all that it was asked to reach is about to say so.
    const isBusy = progress.mode === 'catch-up' && catchUp !== null && match < catchUp.position;
    if (isBusy && progress.bonded && whom(match)) sendCatchUp(core, key, progress, catchUp.anchored);
  }
}

/**
 * Forgets the log up to there, or less: what is left is all that follows a checkpoint on this node's disk (so that who
 * lacks more gets that), and all that is not known to be committed.
 */
export function prune(core: Core, through: Index): void {
  const most = Math.min(through, core.commit, core.anchor?.at.index ?? 0) as Index;
  if (most <= core.log.base.index) return;
  core.log.pruneTo(most);
  tellAnew(core, (match) => match < most);
}
