import type { MemberChange } from '@smalti/raft';
import type { Clients } from './clients.ts';
import type { Workload } from './workload.ts';

/** How long a wish is pursued, in milliseconds. */
const TIMEOUT_MS = 3_000;
/** How much longer it may still be fulfilled. */
const AFTERWARDS_MS = 4_000;

/**
 * Operators change who counts, through any node, several at a time: nodes join, are made voters and learners, are removed,
 * come back as new ones, and hand leadership over. All that is never asked for is to give up what others could not bear
 * to lose.
 */
export const members: Workload = {
  name: 'members',
  always: true,
  everyMs: [150, 1_500],
  act: (clients) => {
    const { random } = clients;
    const act = random.pick(ACTS);
    act(clients);
    // Several wishes at once are refused, or wait for each other.
    if (random.chance(0.2)) random.pick(ACTS)(clients);
  },
};

type Act = (clients: Clients) => void;

/** A node that was not there before. */
const join: Act = ({ world, random }) => {
  const sleepers = world.members.filter(({ asleep }) => asleep);
  if (sleepers.length === 0) return;
  const member = random.pick(sleepers);
  member.asleep = false;
  world.tell(`${member.id} joins`);
  world.boot(member);
};

/** A node that was removed comes back with nothing, as another. */
const recycle: Act = ({ world, random }) => {
  const removed = world.members.filter((member) => member.removed && !member.lost && member.live !== null);
  if (removed.length === 0) return;
  const member = random.pick(removed);
  if (!world.budget.spend(member.id)) return;
  world.tell(`${member.id} comes back as another`);
  world.wipe(member);
};

/** A node loses its disk: what it needs is not in the logs of the others any more. */
const loseDisk: Act = ({ world, random }) => {
  const running = world.members.filter((member) => member.live !== null && !member.lost && !member.heldDown);
  if (running.length === 0) return;
  const member = random.pick(running);
  if (!world.budget.spend(member.id)) return;
  world.tell(`${member.id} loses its disk`);
  world.wipe(member);
};

/** Whoever has joined lately dies, and comes back. */
const killJoiner: Act = ({ world, random }) => {
  const joiners = world.members.filter((each) => !each.founder && each.live !== null && !each.heldDown);
  if (joiners.length === 0) return;
  const member = random.pick(joiners);
  if (random.chance(0.5)) world.kill(member);
  else world.powerLoss(member);
  world.sim.schedule(random.between(50, 2_000), `restart ${member.id}`, () => {
    if (!member.heldDown) world.boot(member);
  });
};

const promote: Act = (clients) => {
  const { world, random } = clients;
  const learners = world.learners.filter((id) => !world.member(id).observer);
  if (learners.length > 0) ask(clients, [{ type: 'promote', node: random.pick(learners) }]);
};

const demote: Act = (clients) => {
  const { world, random } = clients;
  if (world.voters.length > 0) ask(clients, [{ type: 'demote', node: random.pick(world.voters) }]);
};

const remove: Act = (clients) => {
  const { world, random } = clients;
  const all = [...world.voters, ...world.learners];
  if (all.length > 0) ask(clients, [{ type: 'remove', node: random.pick(all) }]);
};

/** One voter takes another's place, or several go and come at once. */
const replace: Act = (clients) => {
  const { world, random } = clients;
  const learners = random.shuffle(world.learners.filter((id) => !world.member(id).observer));
  const voters = random.shuffle(world.voters);
  const count = 1 + random.below(2);
  const changes = [
    ...learners.slice(0, count).map((node) => ({ type: 'promote', node }) as const),
    ...voters
      .slice(0, count)
      .map((node) => ({ type: random.chance(0.7) ? 'demote' : 'remove', node }) as const),
  ];
  if (changes.length > 0) ask(clients, changes);
};

/** The leader is removed, and does not hand over first. */
const removeLeader: Act = (clients) => {
  const { world } = clients;
  const { leader, voters } = world;
  const isWhole = voters.every((id) => world.member(id).live !== null);
  if (leader !== null && isWhole) ask(clients, [{ type: 'remove', node: leader.id }], true);
};

const transfer: Act = (clients) => {
  const { world, random } = clients;
  const group = clients.node()?.live;
  if (!group) return;
  const to = random.chance(0.7) && world.voters.length > 0 ? random.pick(world.voters) : undefined;
  clients.changes.asked += 1;
  group.members.transfer(to, { timeoutMs: TIMEOUT_MS }).then(
    () => {
      clients.changes.made += 1;
    },
    () => {},
  );
};

const ACTS: readonly Act[] = [
  join,
  join,
  recycle,
  loseDisk,
  killJoiner,
  promote,
  promote,
  demote,
  remove,
  replace,
  replace,
  removeLeader,
  transfer,
  transfer,
];

/** Fewer voters than three bear nothing: that is asked for now and then. */
const FEW = 3;

function ask(clients: Clients, changes: readonly MemberChange[], force = false): void {
  const { world, random } = clients;
  const group = clients.node()?.live;
  if (!group) return;
  const leavers = changes.flatMap((change) =>
    change.type === 'demote' || change.type === 'remove' ? [change.node] : [],
  );
  const staying = world.voters.filter((id) => !leavers.includes(id)).length;
  if (leavers.length > 0 && staying < FEW && !random.chance(0.1)) return;
  if (!world.budget.mayLeave(leavers)) return;
  const over = world.budget.leave(leavers);
  clients.changes.asked += 1;
  world.tell(`wished: ${changes.map(said).join(', ')}${force ? ', by force' : ''}`);
  // Also when nobody waits for it any more, it may still be done.
  world.sim.schedule(TIMEOUT_MS + AFTERWARDS_MS, 'a wish is over', over);
  group.members.change(changes, { timeoutMs: TIMEOUT_MS, force }).then(
    () => {
      clients.changes.made += 1;
    },
    () => {},
  );
}

function said(change: MemberChange): string {
  return `${change.type} ${change.type === 'add' ? change.member.id : change.node}`;
}
