import type { ClientCommand, ClientSettings } from '../cli/index.ts';

/** A request to the HTTP interface of a node. */
export interface AdminRequest {
  readonly method: 'GET' | 'POST' | 'DELETE';
  readonly path: string;
  readonly body: string | null;
}

/** What a command is on HTTP. */
export function requestOf({ command, force, timeoutMs }: ClientSettings): AdminRequest {
  const query = new URLSearchParams({ timeout: String(timeoutMs), ...(force ? { force: 'true' } : {}) });
  switch (command.name) {
    case 'status':
      return { method: 'GET', path: '/status', body: null };
    case 'members':
      return { method: 'GET', path: '/admin/members', body: null };
    case 'add':
      return { method: 'POST', path: `/admin/members?${query}`, body: newMember(command) };
    case 'remove':
      return { method: 'DELETE', path: `/admin/members/${command.nodes.join()}?${query}`, body: null };
    case 'transfer':
      if (command.to !== null) query.set('to', command.to);
      return { method: 'POST', path: `/admin/transfer?${query}`, body: null };
    case 'skip': {
      const { index, reason } = command;
      return { method: 'POST', path: `/admin/skip/${index}?${query}`, body: JSON.stringify({ reason }) };
    }
    default:
      return {
        method: 'POST',
        path: `/admin/members/${command.nodes.join()}/${command.name}?${query}`,
        body: null,
      };
  }
}

/** What is not said, the node that is asked may know. */
function newMember(command: Extract<ClientCommand, { name: 'add' }>): string {
  const { id, incarnation, address, preference } = command;
  const said = Object.entries({ id, incarnation, address, preference });
  return JSON.stringify(Object.fromEntries(said.filter(([, value]) => value !== null)));
}
