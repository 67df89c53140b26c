import type { NodeAnswer } from './ask-node.ts';
import { table } from './table.ts';

type Body = Readonly<Record<string, unknown>>;

/** What is not there, or not known. */
const NONE = '-';

/** The members, as the node that was asked knows them. */
export function showMembers(body: Body): string {
  const members = listOf(body.members);
  const rows = members.map((member) => [
    cell(member.id),
    member.id === body.leader && member.role === 'voter' ? 'leader' : cell(member.role),
    cell(member.preference),
    cell(member.match),
    cell(member.address),
    cell(member.incarnation),
  ]);
  const order = ([, role = '']: readonly string[]): number => ORDER.indexOf(role);
  // The node gives them by their names.
  rows.sort((a, b) => order(a) - order(b));
  const head = ['NODE', 'ROLE', 'PREFERENCE', 'ON DISK', 'ADDRESS', 'INCARNATION'];
  const voters = members.filter(({ role }) => role === 'voter').length;
  const leader = body.leader === null ? 'nobody leads' : `${cell(body.leader)} leads`;
  const sum = `${voters} of ${members.length} members vote, ${leader}, as ${cell(body.id)} knows; committed ${cell(body.committed)}\n`;
  return table(head, rows) + sum;
}

const ORDER: readonly string[] = ['leader', 'voter', 'outgoing', 'learner'];

/** A row for each node that was asked. */
export function showStatuses(answers: readonly (readonly [string, NodeAnswer])[]): string {
  const rows = answers.map(([address, answer]) => {
    if (!answer.ok) return [NONE, address, NONE, NONE, NONE, NONE, NONE, NONE, answer.failure.code];
    const { id, role, leader, term, committed, applied, voter, online, trouble } = answer.body;
    const votes = voter === true ? 'yes' : 'no';
    const state =
      trouble === null || trouble === undefined ? (online === true ? 'online' : 'offline') : cell(trouble);
    return [
      cell(id),
      address,
      cell(role),
      votes,
      cell(leader),
      cell(term),
      cell(committed),
      cell(applied),
      state,
    ];
  });
  const head = ['NODE', 'HTTP', 'ROLE', 'VOTES', 'LEADER', 'TERM', 'COMMITTED', 'APPLIED', 'STATE'];
  return table(head, rows);
}

function listOf(value: unknown): Body[] {
  return Array.isArray(value) ? (value as Body[]) : [];
}

/** Of control characters a terminal shall see nothing. */
function cell(value: unknown): string {
  if (value === null || value === undefined || value === '') return NONE;
  return String(value).replaceAll(/[^ -~]/g, '?');
}
