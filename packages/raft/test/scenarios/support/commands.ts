import type { Anchor, Index, Preference } from '@smalti/core';
import type { Input } from '../../../src/engine/io.ts';
import type { MemberChange } from '../../../src/engine/membership.ts';
import type { Message } from '../../../src/engine/messages.ts';
import { append } from '../../engine/support/bench.ts';
import { anchorAt, command as draft, key, member } from '../../engine/support/members.ts';
import type { TestNode } from '../../engine/support/test-node.ts';
import { entries as describeEntries, status } from './describe.ts';
import { committed, vote } from './quorum-tables.ts';
import type { Command } from './script.ts';
import { toCursor, toNumber, Words } from './words.ts';
import { World } from './world.ts';

/** Runs the commands of one script, which share a world. Returns the trace of each; throws if it cannot be done. */
export function runner(): (command: Command) => readonly string[] {
  const state: { world?: World } = {};
  return (command) => {
    const words = new Words(command);
    const table = TABLES[command.name];
    if (table !== undefined) return table(command);
    if (command.name === 'nodes') state.world = begin(words);
    const { world } = state;
    const run = command.name === 'nodes' ? showAll : COMMANDS[command.name];
    if (run === undefined) {
      const known = ['nodes', ...Object.keys(COMMANDS), ...Object.keys(TABLES)].sort().join(', ');
      throw new Error(`there is no command ${command.name}; there are ${known}`);
    }
    if (world === undefined) throw new Error('a script begins with its nodes');
    run(world, words);
    words.end();
    const trace = world.trace.take();
    const silent = world.trace.muted || ARRANGING.has(command.name);
    return trace.length === 0 && !silent ? ['(nothing)'] : trace;
  };
}

function begin(words: Words): World {
  const tune: {
    -readonly [key in 'windowBytes' | 'maxAppendBytes' | 'maxInflightBytes' | 'leaseMs']?: number;
  } = {};
  for (const [word, key] of [
    ['window', 'windowBytes'],
    ['append', 'maxAppendBytes'],
    ['inflight', 'maxInflightBytes'],
    ['lease', 'leaseMs'],
  ] as const) {
    const bytes = words.option(word);
    if (bytes !== undefined) tune[key] = toNumber(bytes);
  }
  const disks = words.option('disks') ?? 'slow';
  if (disks !== 'quick' && disks !== 'slow') throw new Error(`disks are quick or slow, not ${disks}`);
  const logs = [...words.each('log')].map(([name, terms]) => [name, terms.split(',').map(toNumber)] as const);
  const terms = [...words.each('term')].map(([name, term]) => [name, toNumber(term)] as const);
  const list = (option: string): string[] => words.option(option)?.split(',') ?? [];
  const learners = list('learners');
  const strangers = list('strangers');
  const names = words.rest();
  if (names.length === 0) throw new Error('there are no nodes');
  return new World({
    names,
    learners,
    strangers,
    logs: new Map(logs),
    terms: new Map(terms),
    quick: disks === 'quick',
    tune,
  });
}

type Run = (world: World, words: Words) => void;

function showAll(world: World): void {
  const all = [...world.nodes.values()];
  for (const node of all) world.trace.say(status(node, all));
}

function nodesOr(world: World, words: Words): string[] {
  const names = words.rest();
  return names.length > 0 ? names : [...world.nodes.keys()];
}

/** `a->b`, and `*` for everybody; then how many of the oldest, or of which type: what is under way there. */
function lettersOf(world: World, words: Words): { from: string; to: string; message: Message }[] {
  const limit = words.lastIf((word) => !word.includes('->'));
  const most = limit !== undefined && /^\d+$/.test(limit) ? Number(limit) : Number.POSITIVE_INFINITY;
  const type = most === Number.POSITIVE_INFINITY ? limit : undefined;
  return linksOf(world, words).flatMap(({ from, to }) => {
    const waiting = world.links
      .waiting(from, to)
      .filter((message) => type === undefined || message.type === type);
    return waiting.slice(0, most).map((message) => ({ from, to, message }));
  });
}

function linksOf(world: World, words: Words): { from: string; to: string }[] {
  const all = [...world.nodes.keys()];
  const chosen = (name: string): string[] => (name === '*' ? all : [world.node(name).name]);
  const links = words.rest().flatMap((word) => {
    const [from = '', to] = word.split('->');
    if (to === undefined) throw new Error(`${word} is no link: a->b is`);
    return chosen(from).flatMap((a) => chosen(to).flatMap((b) => (a === b ? [] : [{ from: a, to: b }])));
  });
  if (links.length === 0) throw new Error('a link is missing');
  return links;
}

function eachLetter(take: (world: World, from: string, to: string, message: Message) => void): Run {
  return (world, words) => {
    const letters = lettersOf(world, words);
    if (letters.length === 0) throw new Error('nothing is under way there');
    for (const { from, to, message } of letters) take(world, from, to, message);
  };
}

function pairOf(words: Words): [string, string] {
  return [words.next('a node'), words.next('another node')];
}

const DISKS: Readonly<Record<string, (world: World, node: TestNode) => void>> = {
  quick: (world, node) => world.quick(node, true),
  slow: (world, node) => world.quick(node, false),
  full: (_world, node) => {
    node.disk.full = true;
  },
  roomy: (world, node) => {
    node.disk.full = false;
    world.give(node, { type: 'space-back' });
  },
};

function anchorOf(words: Words): Anchor {
  const { index, term } = toCursor(words.next('the entry of a checkpoint'));
  return anchorAt(index, term);
}

type Ask = (world: World, words: Words, epoch: number, node: TestNode) => Input;

const SESSION: Readonly<Record<string, Ask>> = {
  append: (world, words, epoch) => {
    const [first = '', last = first] = words.next('a range').split('..');
    const { disk } = world.node(words.option('from') ?? '');
    const entries = disk.durable.slice(toNumber(first) - 1, toNumber(last));
    return { type: 'session-append', epoch, entries };
  },
  install: (world, words, epoch, node) => {
    const anchor = anchorOf(words);
    // Marked as agreed first: a restart finishes what it finds.
    if (node.engine.mayInstall(epoch, anchor) === null) node.disk.anchor = anchor;
    return { type: 'session-install', epoch, anchor, ...world.stateAt(anchor.at.index) };
  },
  commit: (_world, words, epoch) => ({ type: 'session-commit', epoch, at: toCursor(words.next('an entry')) }),
  finish: (_world, words, epoch) => ({ type: 'session-finish', epoch, at: toCursor(words.next('an entry')) }),
};

/** What is not done to a node: that nothing comes of it need not be said. */
const ARRANGING = new Set(['log-level', 'cut', 'heal', 'disk', 'rot', 'sleep', 'checkpoint']);

const COMMANDS: Readonly<Record<string, Run>> = {
  'log-level': (world, words) => {
    const level = words.next('none or all');
    if (level !== 'none' && level !== 'all') throw new Error(`${level} is neither none nor all`);
    world.trace.muted = level === 'none';
  },
  campaign: (world, words) => {
    const node = world.alive(words.next('a node'));
    if (node.engine.role === 'leader') throw new Error(`${node.name} leads`);
    world.tickOnce(node);
  },
  tick: (world, words) => {
    const ms = words.lastIf((word) => /^\d+$/.test(word));
    for (const name of nodesOr(world, words)) {
      const node = world.alive(name);
      if (ms === undefined) world.tickOnce(node);
      else world.tick(node, toNumber(ms));
    }
  },
  sleep: (world, words) => {
    const node = world.alive(words.next('a node'));
    node.clock += words.number('a time');
  },
  deliver: eachLetter((world, from, to, message) => world.deliver(from, to, message)),
  drop: eachLetter((world, from, to, message) => world.drop(from, to, message)),
  cut: (world, words) => {
    for (const { from, to } of linksOf(world, words)) world.links.cut(from, to);
  },
  heal: (world) => world.links.heal(),
  bond: (world, words) => world.bond(...pairOf(words)),
  unbond: (world, words) => world.unbond(...pairOf(words)),
  persist: (world, words) => {
    const count = words.lastIf((word) => word === 'all' || /^\d+$/.test(word));
    for (const name of words.rest()) {
      const node = world.alive(name);
      const writes = count === 'all' ? node.disk.pending.length : toNumber(count ?? '1');
      for (let i = 0; i < writes; i++) world.persist(node);
    }
  },
  disk: (world, words) => {
    const node = world.alive(words.next('a node'));
    const state = words.next('what it is');
    const set = DISKS[state];
    if (set === undefined) throw new Error(`a disk is ${Object.keys(DISKS).join(', ')}, not ${state}`);
    set(world, node);
  },
  propose: (world, words) => {
    const node = world.alive(words.next('a node'));
    world.give(node, { type: 'propose', drafts: words.rest().map(draft) });
  },
  fill: (world, words) => {
    const node = world.alive(words.next('a node'));
    const count = words.number('how many');
    const bytes = toNumber(words.option('bytes') ?? '8');
    for (let i = 1; i <= count; i++) {
      world.give(node, { type: 'propose', drafts: [draft(`fill ${i}`.padEnd(bytes, '.'))] });
    }
  },
  read: (world, words) => {
    const node = world.alive(words.next('a node'));
    node.reads += 1;
    world.give(node, { type: 'read', id: node.reads });
  },
  serve: (world, words) => world.serve(world.alive(words.next('a node'))),
  stabilize: (world, words) => world.stabilize(nodesOr(world, words)),
  crash: (world, words) => {
    world.crash(world.alive(words.next('a node')), toNumber(words.option('landed') ?? '0'));
  },
  rot: (world, words) => {
    const node = world.node(words.next('a node'));
    if (node.alive) throw new Error(`${node.name} is up: a disk is found damaged when it is opened`);
    node.disk.rot(words.number('how many entries'));
  },
  restart: (world, words) => {
    const node = world.node(words.next('a node'));
    if (node.alive) throw new Error(`${node.name} is up`);
    world.restart(node);
    showAll(world);
  },
  session: (world, words) => {
    const node = world.alive(words.next('a node'));
    const what = words.next('what it asks');
    const ask = SESSION[what];
    if (ask === undefined) throw new Error(`sessions ask to ${Object.keys(SESSION).join(', ')}, not ${what}`);
    const epoch = words.option('epoch') ?? `${node.engine.session?.epoch ?? 0}`;
    world.give(node, ask(world, words, toNumber(epoch), node));
  },
  /** `checkpoint a 7.2`: it is whole on the disk of a, and agreed. */
  checkpoint: (world, words) => {
    const node = world.alive(words.next('a node'));
    node.disk.anchor = anchorOf(words);
    world.give(node, { type: 'anchor', anchor: node.disk.anchor });
  },
  prune: (world, words) => {
    const node = world.alive(words.next('a node'));
    world.give(node, { type: 'prune', through: words.number('an index') as Index });
    node.disk.prune(node.engine.base.index);
    world.trace.say(`${node.name} has a log from ${node.engine.base.index + 1}`);
  },
  repair: (world, words) => {
    const node = world.alive(words.next('a node'));
    world.give(node, { type: 'repair', anchor: anchorOf(words) });
  },
  /** `change a add=d promote=b,c remove=c`: in the order of the words' kinds, as one. */
  change: (world, words) => {
    const node = world.alive(words.next('a node'));
    const force = words.option('force') === 'yes';
    const changes: MemberChange[] = [];
    const preference = (words.option('as') ?? 'normal') as Preference;
    const names = (kind: string): string[] => words.option(kind)?.split(',') ?? [];
    for (const name of names('add')) {
      changes.push({ type: 'add', member: { ...member(name), preference } });
    }
    for (const name of names('promote')) changes.push({ type: 'promote', node: name });
    for (const name of names('demote')) changes.push({ type: 'demote', node: name });
    for (const name of names('remove')) changes.push({ type: 'remove', node: key(name) });
    world.give(node, { type: 'change', changes, force });
  },
  transfer: (world, words) => {
    const node = world.alive(words.next('a node'));
    const [to] = words.rest();
    world.give(node, { type: 'transfer', to: to === undefined ? null : key(to) });
  },
  'step-down': (world, words) => {
    const node = world.alive(words.next('a node'));
    const reason = words.next('a reason');
    world.give(node, { type: 'step-down', reason, lasting: words.option('lasting') === 'yes' });
  },
  /** An append that nobody sent. */
  forge: (world, words) => {
    const [from, to] = pairOf(words);
    const term = toNumber(words.option('term') ?? '');
    const prev = toCursor(words.option('prev') ?? '');
    const terms = words.option('terms')?.split(',').map(toNumber) ?? [];
    world.deliver(from, to, append(term, prev, terms, toNumber(words.option('commit') ?? '0')));
  },
  status: (world, words) => {
    const all = [...world.nodes.values()];
    for (const name of nodesOr(world, words)) world.trace.say(status(world.node(name), all));
  },
  log: (world, words) => {
    for (const name of nodesOr(world, words)) {
      world.trace.say(`${name}: ${describeEntries(world.node(name).disk.visible)}`);
    }
  },
};

const TABLES: Readonly<Record<string, (command: Command) => readonly string[]>> = { committed, vote };
