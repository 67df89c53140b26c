import type { Entry, Index, MemberKey } from '@smalti/core';
import type { TestNode } from './test-node.ts';
import { must } from './violation.ts';

/** What a node takes for joined with its leader's log has to be joined with it. */
export function checkVerified(
  node: TestNode,
  leaderOf: (key: MemberKey) => TestNode | undefined,
  committed: readonly Entry[],
): void {
  const { view } = node.engine;
  if (view.role !== 'follower' || view.leader === null) return;
  const leader = leaderOf(view.leader);
  if (leader?.alive !== true || leader.engine.role !== 'leader' || leader.engine.view.term !== view.term)
    return;
  const { verified } = view;
  const pruned = verified < leader.engine.base.index;
  const theirs = pruned ? committed[verified - 1]?.term : leader.engine.termAt(verified);
  const same = theirs === node.engine.termAt(verified);
  must(same, `${node.name} takes ${view.verified} for verified: its leader holds another entry there`);
}

/** What an open session knows has to be so: what is committed up to its ceiling, and how far of it is in the log. */
export function checkSession(node: TestNode, committed: readonly Entry[]): void {
  const { session, view } = node.engine;
  if (session === null) return;
  const { end, ceiling, position } = session;
  const said = `the session of ${node.name}`;
  must(view.role !== 'leader', `${said} is open, and it leads`);
  must(position.index <= ceiling, `${said} has to reach ${position.index}, above its ceiling ${ceiling}`);
  must(ceiling <= committed.length, `${said} may go to ${ceiling}, committed are ${committed.length}`);
  must(end.index <= ceiling, `${said} takes ${end.index} for committed, above its ceiling ${ceiling}`);
  const term = committed[end.index - 1]?.term ?? 0;
  must(term === end.term, `${said} takes ${end.index}.${end.term} for committed, it is of term ${term}`);
  must(node.engine.termAt(end.index) === end.term, `${said} ends at ${end.index}, which is not in its log`);
  const { anchor } = session;
  if (anchor !== null) {
    const { index } = anchor.at;
    must(index <= ceiling, `${said} may install ${index}, above its ceiling ${ceiling}`);
    must(committed[index - 1]?.term === anchor.at.term, `${said} may install ${index}, which is none`);
  }
  // Where the leader's log does not reach, it tells nothing, and it is not known what is committed of ours.
  if (session.mustInstall || !session.lacks) return;
  for (let i = end.index + 1; i <= ceiling; i++) {
    const right = committed[i - 1]?.term;
    const told = session.termAt(i as Index);
    must(told === right, `the table of ${node.name} says term ${told} for ${i}, committed of ${right}`);
  }
  if (view.last.index === end.index) return;
  // Else it could not be done: nothing would ever remove what comes after.
  must(end.index < ceiling, `${said} cannot be done: the log ends at ${view.last.index}, all is fetched`);
  const next = (end.index + 1) as Index;
  must(
    node.engine.termAt(next) !== committed[end.index]?.term,
    `${said} takes only ${end.index} for committed`,
  );
}
