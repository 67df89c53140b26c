import { Hono } from 'hono';
import type { KvService } from '../service/index.ts';
import { HttpError } from './http-error.ts';
import { groupOf } from './kv-routes.ts';
import { type HttpEnv, rawPath } from './raw-path.ts';

/** `POST /sessions`: opens a client session, and names it. */
export function sessionRoutes(service: KvService): Hono<HttpEnv> {
  const app = new Hono<HttpEnv>({ getPath: rawPath });
  app.post('/sessions', async (context) => {
    const session = await groupOf(service).openSession();
    return context.json({ session }, 201);
  });
  app.all('/sessions', (context) => {
    context.header('allow', 'POST');
    throw new HttpError(405, 'METHOD_NOT_ALLOWED', 'a client session is opened with POST');
  });
  return app;
}
