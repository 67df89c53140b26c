import type { HttpAnswer, Reply } from '@smalti/cluster-tests/processes';
import type { KvOutput } from '@smalti/simulator';

/** What a client knows of an operation afterwards. */
export type Outcome =
  | { readonly kind: 'ok'; readonly output: KvOutput }
  /** It has not happened, and will not. */
  | { readonly kind: 'refused'; readonly why: string }
  /** It may have happened, or may still do so. */
  | { readonly kind: 'open'; readonly why: string }
  /** An answer that no server should give. */
  | { readonly kind: 'wrong'; readonly why: string };

/** What an answer over HTTP says about a request. */
export function httpOutcome(method: 'GET' | 'PUT' | 'DELETE', { status, body }: HttpAnswer): Outcome {
  if (method === 'GET' && status === 200) return { kind: 'ok', output: body };
  if (method === 'PUT' && status === 204) return { kind: 'ok', output: null };
  if (method === 'DELETE' && status === 204) return { kind: 'ok', output: true };
  const { code, outcome } = errorOf(body);
  if (status === 404 && code === 'KEY_NOT_FOUND' && method !== 'PUT') {
    return { kind: 'ok', output: method === 'GET' ? null : false };
  }
  const why = `${status} ${code}`;
  if (status !== 503 && status !== 504) return { kind: 'wrong', why: `${why}: ${body.slice(0, 200)}` };
  if (outcome === 'not-applied') return { kind: 'refused', why };
  return { kind: 'open', why };
}

function errorOf(body: string): { readonly code?: string; readonly outcome?: string } {
  try {
    return JSON.parse(body) as { code?: string; outcome?: string };
  } catch {
    return {};
  }
}

/** What an error means that ended a request before its answer: only a connection that never was proves anything. */
export function lostOutcome(error: unknown): Outcome {
  const { code } = error as NodeJS.ErrnoException;
  const why = code ?? String(error);
  return code === 'ECONNREFUSED' ? { kind: 'refused', why } : { kind: 'open', why };
}

/** The words of an error reply, as `answerTo` of the other clients tells them apart. */
export function replyOutcome(
  reply: Reply,
  toOutput: (reply: Reply) => KvOutput,
  classify: (message: string) => { readonly outcome: string },
): Outcome {
  if (!(reply instanceof Error)) return { kind: 'ok', output: toOutput(reply) };
  const { message } = reply;
  try {
    return { kind: classify(message).outcome === 'refused' ? 'refused' : 'open', why: message };
  } catch {
    return { kind: 'wrong', why: message };
  }
}
