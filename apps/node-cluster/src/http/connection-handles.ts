import type { Socket } from 'node:net';
import type { Context } from 'hono';
import type { KvGroup, KvHandle } from '../service/index.ts';
import type { HttpEnv } from './raw-path.ts';

const handles = new WeakMap<Socket, { readonly group: KvGroup; readonly handle: KvHandle }>();

/**
 * The handle of the connection that a request came over: requests of one client have credit, and a session, of their own,
 * and share them as long as their connection lasts.
 */
export function handleOf(context: Context<HttpEnv>, group: KvGroup): KvHandle {
  const { socket } = context.env.incoming;
  const known = handles.get(socket);
  if (known?.group === group) return known.handle;
  const handle = group.handle();
  handles.set(socket, { group, handle });
  const close = (): void => void handle.close().catch(() => {});
  if (socket.destroyed) close();
  else socket.once('close', close);
  return handle;
}
