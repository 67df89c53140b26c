import { type IncomingMessage, request } from 'node:http';
import { invariant } from '@smalti/core';
import { type Failure, unanswered, understand, unreachable } from '../client/index.ts';
import type { PartFile } from './part-file.ts';

/** How long nothing may come of an answer that has begun, in milliseconds. */
const STALL_MS = 60_000;
/** How much longer an answer is waited for than the node waits itself, in milliseconds. */
const SLACK_MS = 2_000;
/** Bytes of an answer that is no backup. */
const MAX_ANSWER_BYTES = 64 * 1024;

/** What is asked for. */
export interface ArchiveRequest {
  readonly fresh: boolean;
  readonly token: string | null;
  /** Until the answer begins. */
  readonly timeoutMs: number;
  /** Bytes that came, and how many there are about. */
  readonly progress: (done: number, all: number) => void;
}

/**
 * Gets the backup of one node into a file. What is in the file afterwards is not verified. Gives why it could not be
 * had, or null.
 *
 * @throws SmaltiError if the file cannot be written.
 */
export async function fetchArchive(
  address: string,
  { fresh, token, timeoutMs, progress }: ArchiveRequest,
  into: PartFile,
): Promise<Failure | null> {
  const query = new URLSearchParams({ timeout: String(timeoutMs), ...(fresh ? { fresh: 'true' } : {}) });
  const headers = token === null ? {} : { authorization: `Bearer ${token}` };
  const begun = await new Promise<IncomingMessage | Failure>((resolve) => {
    let connected = false;
    const call = request(`http://${address}/admin/backup?${query}`, { headers, agent: false }, (response) => {
      clearTimeout(timer);
      call.setTimeout(STALL_MS, () => call.destroy(new Error(`nothing came for ${STALL_MS} ms`)));
      resolve(response);
    });
    const timer = setTimeout(() => call.destroy(new Error('no answer in time')), timeoutMs + SLACK_MS);
    call.on('socket', (socket) => socket.once('connect', () => (connected = true)));
    // Of a response that has begun, whoever reads it is told, too.
    call.on('error', (error: NodeJS.ErrnoException) => {
      clearTimeout(timer);
      const answer = connected
        ? unanswered(address, error.message, false)
        : unreachable(address, error.code ?? error.message);
      resolve(answer.failure);
    });
    call.end();
  });
  if ('code' in begun) return begun;
  if (begun.statusCode !== 200) return await refusal(address, begun);
  return await receive(address, begun, into, progress);
}

async function receive(
  address: string,
  response: IncomingMessage,
  into: PartFile,
  progress: (done: number, all: number) => void,
): Promise<Failure | null> {
  const all = Number(response.headers['smalti-bytes'] ?? 0);
  const chunks: AsyncIterator<Buffer> = response[Symbol.asyncIterator]();
  try {
    for (let done = 0; ; ) {
      let next: IteratorResult<Buffer>;
      try {
        next = await chunks.next();
      } catch (error) {
        const why = `the backup ended after ${done} bytes: ${(error as Error).message}`;
        return unanswered(address, why, false).failure;
      }
      if (next.done === true) return null;
      await into.write(next.value);
      done += next.value.length;
      progress(done, Math.max(all, done));
    }
  } finally {
    response.destroy();
  }
}

async function refusal(address: string, response: IncomingMessage): Promise<Failure> {
  let text = '';
  try {
    for await (const chunk of response) {
      text += String(chunk);
      if (text.length > MAX_ANSWER_BYTES) break;
    }
  } catch {
    // What came until then says what there is to say.
  }
  const answer = understand(address, response.statusCode ?? 0, text, false);
  invariant(!answer.ok, 'what is not refused was read as a backup');
  return answer.failure;
}
