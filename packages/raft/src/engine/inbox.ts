import type { Index, MemberKey } from '@smalti/core';
import { unreachable } from '@smalti/core';
import { type Core, leaderIsAlive, note, send } from './core.ts';
import { becomeFollower, handlePreVote, handleVote, handleVoteReply, takeOver } from './election.ts';
import { handleAppend, handleCatchUp, handleHeartbeat } from './follower.ts';
import type { Message } from './messages.ts';
import { handleReadIndex, handleReadIndexReply } from './reads.ts';
import { handleRemoved } from './reconfiguration.ts';
import { handleAppendReply, handleHeartbeatReply, serveReader } from './replication.ts';
import { mayTakeOver } from './transfer.ts';

/** A term so far above ours is a fault, not an election: nobody campaigns four billion times. */
const ABSURD_TERMS = 2 ** 32;

/** A message arrives: by its term it is adopted, answered or ignored (Raft §5.1), and then handled. */
export function receive(core: Core, from: MemberKey, message: Message): void {
  if (from === core.options.self) return;
  if (message.term > core.term + ABSURD_TERMS || !Number.isSafeInteger(message.term)) {
    note(
      core,
      'warn',
      `refuses a ${message.type} of ${from}: its term ${message.term} is absurd, ours is ${core.term}`,
    );
    return;
  }
  if (message.term > core.term && !adopts(core, from, message)) return;
  if (message.term < core.term) {
    answerStale(core, from, message);
    return;
  }
  dispatch(core, from, message);
}

/** A message of a higher term. False if it is to be ignored. */
function adopts(core: Core, from: MemberKey, message: Message): boolean {
  if (message.type === 'pre-vote') return true;
  if (message.type === 'pre-vote-reply' && message.granted) return true;
  // Thesis §4.2.3: who hears a leader does not let a stray candidate raise its term.
  if (message.type === 'vote' && !message.transfer && leaderIsAlive(core)) return false;
  const leads = message.type === 'append' || message.type === 'heartbeat' || message.type === 'catch-up';
  becomeFollower(core, message.term, leads ? from : null);
  return true;
}

/** A message of a lower term: whoever leads or campaigns there learns ours. */
function answerStale(core: Core, from: MemberKey, message: Message): void {
  const term = core.term;
  switch (message.type) {
    case 'append':
    case 'catch-up':
    case 'heartbeat':
      send(core, from, {
        type: 'heartbeat-reply',
        term,
        round: 0,
        match: 0 as Index,
        received: 0 as Index,
        session: 0,
      });
      return;
    case 'vote':
      send(core, from, { type: 'vote-reply', term, granted: false, doubtful: core.doubt });
      return;
    case 'pre-vote':
      send(core, from, { type: 'pre-vote-reply', term, granted: false, doubtful: core.doubt });
      return;
    default:
  }
}

function dispatch(core: Core, from: MemberKey, message: Message): void {
  switch (message.type) {
    case 'append':
      handleAppend(core, from, message);
      return;
    case 'catch-up':
      handleCatchUp(core, from, message);
      return;
    case 'heartbeat':
      handleHeartbeat(core, from, message);
      return;
    case 'append-reply':
      if (core.role === 'leader') handleAppendReply(core, from, message);
      return;
    case 'heartbeat-reply':
      if (core.role === 'leader') handleHeartbeatReply(core, from, message);
      return;
    case 'pre-vote':
      handlePreVote(core, from, message);
      return;
    case 'vote':
      handleVote(core, from, message);
      return;
    case 'vote-reply':
    case 'pre-vote-reply':
      handleVoteReply(core, from, message);
      return;
    case 'read-index':
      handleReadIndex(core, from, message);
      serveReader(core, from);
      return;
    case 'read-index-reply':
      handleReadIndexReply(core, from, message);
      return;
    case 'timeout-now':
      if (mayTakeOver(core, from)) takeOver(core);
      return;
    case 'removed':
      if (core.role !== 'leader') handleRemoved(core, message);
      return;
    default:
      unreachable(message);
  }
}
