import {
  type Configuration,
  type Cursor,
  type Entry,
  EntryKind,
  type HardState,
  keyOf,
  type Member,
  type MemberKey,
  payloadOf,
} from '@smalti/core';
import type { Effect } from '../../../src/engine/io.ts';
import { configurationOf } from '../../../src/engine/log.ts';
import type { Message } from '../../../src/engine/messages.ts';
import type { SessionView } from '../../../src/engine/view.ts';
import { nameOf } from '../../engine/support/members.ts';
import type { TestNode } from '../../engine/support/test-node.ts';

/*
 * The words of a trace. An entry is written `index.term`, as in `5.2`: two entries with the same name are the same.
 */

const LONGEST_LIST = 4;
const LONGEST_TEXT = 12;

export function cursor({ index, term }: Cursor): string {
  return `${index}.${term}`;
}

function entry(of: Entry): string {
  const name = cursor(of);
  if (of.kind === EntryKind.genesis) return `${name} (genesis)`;
  if (of.kind === EntryKind.empty) return `${name} (empty)`;
  const brought = configurationOf(of);
  if (brought !== null) return `${name} (${members(brought)})`;
  const text = new TextDecoder().decode(payloadOf(of));
  if (text === name) return name;
  return `${name} "${text.length > LONGEST_TEXT ? `${text.slice(0, LONGEST_TEXT)}…` : text}"`;
}

/** A few entries one by one, many as runs of one term each. */
export function entries(of: readonly Entry[]): string {
  if (of.length <= LONGEST_LIST) return of.map(entry).join(', ');
  const runs: { first: Entry; last: Entry }[] = [];
  for (const each of of) {
    const run = runs.at(-1);
    if (run?.last.term === each.term) run.last = each;
    else runs.push({ first: each, last: each });
  }
  const texts = runs.map(({ first, last }) =>
    first === last ? cursor(first) : `${cursor(first)}..${cursor(last)}`,
  );
  return `${texts.join(', ')} (${of.length} entries)`;
}

function member(key: MemberKey | null): string {
  return key === null ? 'nobody' : nameOf(key);
}

function hardState({ term, vote, commit, doubt }: HardState): string {
  return `term ${term}, vote ${member(vote)}, commit ${commit}${doubt ? ', doubt' : ''}`;
}

function session(ticket: number): string {
  return ticket === 0 ? '' : `, works on catch-up ${ticket}`;
}

/** A message on one line, its term included. */
export function message(of: Message): string {
  const head = `${of.type} of term ${of.term}:`;
  switch (of.type) {
    case 'append': {
      const what = of.entries.length === 0 ? 'nothing' : entries(of.entries);
      return `${head} ${what} after ${cursor(of.prev)}, commit ${of.commit}, log ends at ${of.logEnd}`;
    }
    case 'catch-up': {
      const rows = of.rows.map(({ first, term }) => `${first}.${term}`).join(' ');
      const table = `terms begin at ${rows}${of.through === null ? '' : ` up to ${of.through}`}`;
      const what = of.entries.length === 0 ? '' : `, then ${entries(of.entries)}`;
      const path = `fetch what follows ${cursor(of.since)} up to ${cursor(of.position)}`;
      const anchor = of.anchor === null ? '' : `, checkpoint at ${cursor(of.anchor.at)}`;
      return `${head} ticket ${of.ticket}, ${path}, ${table}, commit ${of.leaderCommit}${anchor}${what}`;
    }
    case 'append-reply': {
      const { refused } = of;
      const no = refused === null ? '' : `, ${refused.prev} does not join, try after ${cursor(refused.hint)}`;
      return `${head} match ${of.match}${no}${session(of.session)}`;
    }
    case 'heartbeat': {
      const all = of.leaderCommit === of.commit ? '' : `, leader's commit ${of.leaderCommit}`;
      return `${head} round ${of.round}, commit ${of.commit}${all}, log ends at ${of.logEnd}`;
    }
    case 'heartbeat-reply': {
      const more = of.received === of.match ? '' : `, received ${of.received}`;
      return `${head} round ${of.round}, match ${of.match}${more}${session(of.session)}`;
    }
    case 'pre-vote':
      return `${head} last ${cursor(of.last)}`;
    case 'vote':
      return `${head} last ${cursor(of.last)}${of.transfer ? ', as the leader wants' : ''}`;
    case 'timeout-now':
      return `${of.type} of term ${of.term}`;
    case 'removed':
      return `${head} by entry ${of.at}`;
    case 'pre-vote-reply':
    case 'vote-reply':
      return `${head} ${of.granted ? 'granted' : 'refused'}${of.doubtful ? ', in doubt' : ''}`;
    case 'read-index':
      return `${head} read ${of.id}`;
    case 'read-index-reply':
      return `${head} read ${of.id} at ${of.index}`;
  }
}

export function write(of: Extract<Effect, { type: 'persist' }>): string {
  const cut = of.truncateFrom === null ? [] : [`cut from ${of.truncateFrom}`];
  const added = of.entries.length === 0 ? [] : [entries(of.entries)];
  const state = of.hardState === null ? [] : [hardState(of.hardState)];
  return `#${of.seq}: ${[...cut, ...added, ...state].join('; ')}`;
}

export function reset(of: Extract<Effect, { type: 'reset' }>): string {
  const { seq, cursor: base, configuration } = of;
  return `#${seq}: the log begins after ${cursor(base)}, configuration of ${configuration.index}; ${hardState(of.hardState)}`;
}

/** What a node does, on one line; sends and writes are told by who carries them out. */
export function effect(name: string, of: Exclude<Effect, { type: 'send' | 'persist' | 'reset' }>): string {
  switch (of.type) {
    case 'beat':
      return `${name} lets pulses beat for ${of.to}`;
    case 'rest':
      return `${name} rests under ${of.under}`;
    case 'commit':
      return `${name} commits up to ${of.index}`;
    case 'proposed':
      return `${name} gives places: ${entries(of.entries)}`;
    case 'refused':
      return `${name} refuses: it does not lead`;
    case 'read-ready':
      return `${name} may answer read ${of.id} at ${of.index}`;
    case 'read-failed':
      return `${name} fails read ${of.id}`;
    case 'read-log':
      return `${name} asks its disk for ${of.first}..${of.last}, ticket ${of.ticket}`;
    case 'session-opened': {
      const kept = of.entries.length === 0 ? '' : `, beyond it has ${entries(of.entries)}`;
      return `${name} opens session ${of.epoch}: position ${cursor(of.position)}, ceiling ${of.ceiling}${kept}`;
    }
    case 'session-moved':
      return `${name} moves session ${of.epoch} on`;
    case 'session-buffered':
      return `${name} keeps ${of.count} of the leader's entries after ${cursor(of.position)} aside`;
    case 'session-over':
      return `${name} ends session ${of.epoch}: ${of.why}`;
    case 'session-answer':
      return of.refusal === null
        ? `${name} grants what the session asks`
        : `${name} refuses the session: ${of.refusal}`;
    case 'change-answer':
      return typeof of.answer === 'number'
        ? `${name} takes the change, entry ${of.answer}`
        : `${name} refuses the change, ${of.answer.reason}: ${of.answer.text}`;
    case 'transfer-answer':
      return of.refusal === null ? `${name} hands over` : `${name} does not hand over: ${of.refusal}`;
    case 'configuration':
      return `${name} ${of.committed ? 'has committed' : 'goes by'} the configuration of ${of.index}: ${members(of.configuration)}`;
    case 'removed':
      return `${name} is no member any more, by entry ${of.at}`;
    case 'role':
      return `${name} is ${role(of.role, of.term, of.leader)}`;
    case 'note':
      return `${name} ${of.level === 'warn' ? 'warns' : 'notes'}: ${of.text}`;
  }
}

/** `voters a b, outgoing c, learners d`. */
export function members(of: Configuration): string {
  const list = (what: string, all: readonly Member[]): string[] =>
    all.length === 0 ? [] : [`${what} ${all.map((one) => member(keyOf(one))).join(' ')}`];
  return [
    ...list('voters', of.voters),
    ...list('outgoing', of.outgoing),
    ...list('learners', of.learners),
  ].join(', ');
}

function role(of: string, term: number, leader: MemberKey | null): string {
  return of === 'follower' ? `follower of ${member(leader)} in term ${term}` : `${of} in term ${term}`;
}

function sessionMust(open: SessionView): string {
  const anchor = open.anchor === null ? '' : `, checkpoint at ${cursor(open.anchor.at)}`;
  return open.mustInstall ? `${anchor}, must install` : anchor;
}

/** All that can be seen of a node, on one line. */
export function status({ name, alive, engine, disk }: TestNode, others: readonly TestNode[]): string {
  if (!alive) return `${name}: down; on disk ${hardState(disk.hardState)}, log to ${disk.durable.length}`;
  const { view } = engine;
  const log = `log to ${cursor(view.last)}, durable ${view.durable}, commit ${view.commit}`;
  const matches = others.flatMap((other) => {
    const match = view.role === 'leader' ? view.matchOf(other.key) : null;
    return match === null ? [] : [`${other.name} ${match}`];
  });
  const open = view.session;
  const more = [
    ...(matches.length > 0 ? [`match ${matches.join(', ')}`] : []),
    ...(open === null
      ? []
      : [
          `session ${open.epoch} has ${cursor(open.end)} of ${cursor(open.position)}, ceiling ${open.ceiling}${sessionMust(open)}`,
        ]),
    ...(view.doubt ? ['in doubt'] : []),
    ...(view.full ? ['disk full'] : []),
    ...(disk.pending.length > 0 ? [`writing ${disk.pending.map(({ seq }) => `#${seq}`).join(' ')}`] : []),
  ];
  return [`${name}: ${role(view.role, view.term, view.leader)}`, log, ...more].join('; ');
}
