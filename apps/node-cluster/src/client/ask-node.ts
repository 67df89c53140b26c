import { request } from 'node:http';
import type { AdminRequest } from './admin-request.ts';

/** What a node made of a request, as it says itself or as far as can be told from here. */
export type NodeAnswer =
  | { readonly ok: true; readonly body: Readonly<Record<string, unknown>> }
  | { readonly ok: false; readonly failure: Failure };

type Refused = Extract<NodeAnswer, { readonly ok: false }>;

/** Why something was not done, or is not known to be done. */
export interface Failure {
  readonly code: string;
  readonly message: string;
  readonly outcome: 'not-applied' | 'unknown' | null;
  /** In a word for programs, where the group refused it. */
  readonly reason: string | null;
}

/** How much longer an answer is waited for than the node waits itself, in milliseconds. */
const SLACK_MS = 2_000;
const MAX_ANSWER_BYTES = 16 * 1024 * 1024;

/** Asks one node, once. Never throws. */
export function askNode(
  address: string,
  { method, path, body }: AdminRequest,
  token: string | null,
  timeoutMs: number,
): Promise<NodeAnswer> {
  const isChange = method !== 'GET';
  return new Promise((resolve) => {
    let connected = false;
    const fail = (error: NodeJS.ErrnoException): void => {
      const isLate = error.name === 'AbortError' || error.name === 'TimeoutError';
      const what = isLate ? 'no answer in time' : error.message;
      resolve(connected ? unanswered(address, what, isChange) : unreachable(address, error.code ?? what));
    };
    const headers = {
      ...(body === null ? {} : { 'content-type': 'application/json' }),
      ...(isChange && token !== null ? { authorization: `Bearer ${token}` } : {}),
    };
    const signal = AbortSignal.timeout(timeoutMs + SLACK_MS);
    const call = request(
      `http://${address}${path}`,
      { method, headers, agent: false, signal },
      (response) => {
        const chunks: Buffer[] = [];
        let bytes = 0;
        response.on('data', (chunk: Buffer) => {
          bytes += chunk.length;
          if (bytes > MAX_ANSWER_BYTES) response.destroy(new Error('an endless answer'));
          else chunks.push(chunk);
        });
        response.on('error', fail);
        response.on('end', () => {
          const text = Buffer.concat(chunks).toString();
          resolve(understand(address, response.statusCode ?? 0, text, isChange));
        });
      },
    );
    call.on('socket', (socket) => socket.once('connect', () => (connected = true)));
    call.on('error', fail);
    call.end(body ?? undefined);
  });
}

/** What a node says with an answer that is a document, whatever is at that address. */
export function understand(address: string, status: number, text: string, isChange: boolean): NodeAnswer {
  let body: Readonly<Record<string, unknown>> | null;
  try {
    body = JSON.parse(text) as typeof body;
  } catch {
    body = null;
  }
  if (typeof body !== 'object' || body === null) {
    return unanswered(
      address,
      `status ${status}, and what no node says; is that the address after --http?`,
      isChange,
    );
  }
  if (status === 200) return { ok: true, body };
  const { code, message, outcome, reason } = body;
  const failure = {
    code: String(code),
    message: `${address}: ${String(message)}`,
    outcome: outcome === 'unknown' || outcome === 'not-applied' ? outcome : null,
    reason: typeof reason === 'string' ? reason : null,
  } as const;
  return { ok: false, failure };
}

/** Nobody was there. */
export function unreachable(address: string, why: string): Refused {
  const message = `${address}: cannot be reached (${why}); name a node that runs, as it was given after its --http`;
  return { ok: false, failure: { code: 'UNREACHABLE', message, outcome: 'not-applied', reason: null } };
}

/** Somebody was there, and what became of it is not known. */
export function unanswered(address: string, what: string, isChange: boolean): Refused {
  const rest = isChange ? '; it may be done, or may still be: look with smalti members' : '';
  const outcome = isChange ? 'unknown' : null;
  return {
    ok: false,
    failure: { code: 'NO_ANSWER', message: `${address}: ${what}${rest}`, outcome, reason: null },
  };
}
