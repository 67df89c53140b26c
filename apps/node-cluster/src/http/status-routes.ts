import { Hono } from 'hono';
import type { KvService } from '../service/index.ts';
import { checkpointView } from './checkpoint-view.ts';
import type { Digest } from './digests.ts';
import { Digests } from './digests.ts';
import { HttpError } from './http-error.ts';
import { type HttpEnv, rawPath } from './raw-path.ts';
import { syncView } from './sync-view.ts';
import { wholeNumber } from './whole-number.ts';

const DEFAULT_WAIT_MS = 10_000;
const MAX_WAIT_MS = 300_000;

/** `/healthz`, `/readyz` and `/status`. */
export function statusRoutes(service: KvService): Hono<HttpEnv> {
  const app = new Hono<HttpEnv>({ getPath: rawPath });
  const digests = new Digests(service);

  app.get('/healthz', (context) => context.json({ status: 'alive' }));

  app.get('/readyz', (context) => {
    if (service.group === null) throw notReady();
    if (!service.online) {
      throw new HttpError(503, 'NOT_READY', 'this node knows no leader, or lacks what its leader has');
    }
    return context.json({ status: 'ready' });
  });

  app.get('/status', async (context) => {
    const { group } = service;
    if (group === null) throw notReady();
    const wanted = context.req.query('digest');
    let digest: Digest | null;
    if (wanted === undefined) {
      digest = await digests.latest();
    } else {
      const index = wholeNumber('digest', wanted, Number.MAX_SAFE_INTEGER, 'the index of a log entry');
      const timeout = context.req.query('timeout');
      const what = 'the milliseconds to wait';
      const timeoutMs =
        timeout === undefined ? DEFAULT_WAIT_MS : wholeNumber('timeout', timeout, MAX_WAIT_MS, what);
      digest = await digests.at(group, index, timeoutMs);
    }
    return context.json(statusOf(service, digest));
  });

  for (const path of ['/healthz', '/readyz', '/status']) {
    app.all(path, (context) => {
      context.header('allow', 'GET, HEAD');
      throw new HttpError(405, 'METHOD_NOT_ALLOWED', `${path} can only be read, with GET`);
    });
  }
  return app;
}

function statusOf(service: KvService, digest: Digest | null): Record<string, unknown> {
  const { group, node } = service;
  if (group === null) throw notReady();
  const { committed, applied, sync, checkpoints, ...status } = group.status();
  return {
    ...status,
    sync: syncView(sync),
    checkpoints: checkpointView(checkpoints, service.checkpoints?.leases ?? []),
    committed: committed.index,
    applied: applied.index,
    pid: process.pid,
    version: node.version,
    listen: node.listen,
    online: service.online,
    digest,
  };
}

function notReady(): HttpError {
  return new HttpError(503, 'NOT_READY', 'this node is opening its log, or stops');
}
