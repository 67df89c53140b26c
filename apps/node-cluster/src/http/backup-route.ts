import { partsOf, writeArchive } from '@smalti/backup';
import type { Logger, Manifest } from '@smalti/core';
import type { Context } from 'hono';
import type { KvCheckpoints, KvService } from '../service/index.ts';
import { HttpError } from './http-error.ts';
import { flagOf, timeoutOf } from './query.ts';
import type { HttpEnv } from './raw-path.ts';

/** The longest that a checkpoint is waited for, in milliseconds: a large state is cut for minutes. */
const MAX_TAKE_MS = 3_600_000;
/** How long a reader may take for a piece before it is left, in milliseconds. */
const STALL_MS = 60_000;
/** Backups that are read from one node at a time: each costs disk and memory. */
const MAX_BACKUPS = 2;

/** Backups that are being read, by the checkpoints that they are of. */
const reading = new WeakMap<KvCheckpoints, number>();

/**
 * `GET /admin/backup`: the newest agreed checkpoint of this node as an archive; with `fresh=true` one that is taken now.
 * The headers tell which: `smalti-index`, `smalti-term` and `smalti-bytes`, of its parts.
 */
export async function backup(
  context: Context<HttpEnv>,
  service: KvService,
  logger: Logger,
): Promise<Response> {
  const { checkpoints } = service;
  const [fresh, timeoutMs] = [flagOf(context, 'fresh'), timeoutOf(context, MAX_TAKE_MS)];
  if (checkpoints === null) throw none(service);
  if (fresh) await checkpoints.take({ timeoutMs });
  const before = reading.get(checkpoints) ?? 0;
  if (before >= MAX_BACKUPS) {
    throw new HttpError(
      503,
      'OVERLOADED',
      `${before} backups are being read from this node: wait, or ask another`,
      'none',
      1_000,
    );
  }
  const manifest = checkpoints.store.manifests().findLast(({ agreed }) => agreed);
  if (manifest === undefined) {
    const text =
      'this node has no checkpoint that the group agreed on yet: ask for one with fresh=true (smalti backup --fresh), ' +
      'or ask another node';
    throw new HttpError(404, 'NO_CHECKPOINT', text);
  }
  context.header('content-type', 'application/vnd.smalti.backup');
  context.header('cache-control', 'no-store');
  context.header('smalti-index', String(manifest.anchor.index));
  context.header('smalti-term', String(manifest.anchor.term));
  context.header('smalti-bytes', String(manifest.bytes));
  return context.body(
    archive(checkpoints, manifest, (error) => {
      logger.error('a backup was broken off', { index: manifest.anchor.index, error });
      // Without its end the answer is no backup, and the client is told so by a connection that breaks.
      context.env.outgoing.destroy();
    }),
  );
}

function none(service: KvService): HttpError {
  if (service.group === null)
    return new HttpError(503, 'NOT_READY', 'this node is opening its log, or stops');
  return new HttpError(
    404,
    'NO_CHECKPOINT',
    'this node keeps no checkpoints, so it has no backup: ask another',
  );
}

/** The archive, read as fast as it is taken. The parts are kept until it ends, however it ends. */
function archive(
  checkpoints: KvCheckpoints,
  manifest: Manifest,
  failed: (error: unknown) => void,
): ReadableStream<Uint8Array<ArrayBuffer>> {
  const { store, clock, hasher } = checkpoints;
  const until = (): number => clock.now() + STALL_MS;
  const lease = store.lease(manifest.root, until());
  const pieces = writeArchive({ manifest, parts: partsOf(store), hasher });
  reading.set(checkpoints, (reading.get(checkpoints) ?? 0) + 1);
  let stalled = clock.setTimer(STALL_MS, () => {});
  let ended = false;
  const end = (): void => {
    if (ended) return;
    ended = true;
    stalled.cancel();
    lease.release();
    reading.set(checkpoints, (reading.get(checkpoints) ?? 1) - 1);
  };
  return new ReadableStream(
    {
      async pull(controller) {
        stalled.cancel();
        lease.renew(until());
        try {
          const { value, done } = await pieces.next();
          if (done === true) {
            end();
            controller.close();
            return;
          }
          controller.enqueue(value as Uint8Array<ArrayBuffer>);
        } catch (error) {
          end();
          failed(error);
          return;
        }
        if (ended) return;
        stalled = clock.setTimer(STALL_MS, () => {
          end();
          failed(new Error(`nobody took a piece of it for ${STALL_MS} ms`));
        });
      },
      cancel: end,
    },
    { highWaterMark: 1 },
  );
}
