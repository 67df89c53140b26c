import { type Context, Hono } from 'hono';
import { stream } from 'hono/streaming';
import type { KvGroup, KvService } from '../service/index.ts';
import { eventView } from './event-view.ts';
import { HttpError } from './http-error.ts';
import { noHead } from './no-head.ts';
import { type HttpEnv, rawPath } from './raw-path.ts';

const SSE = 'text/event-stream';

/** `GET /events`: what happens in the group on this node from now on, one JSON object a line, or as an event stream. */
export function eventRoutes(service: KvService): Hono<HttpEnv> {
  const app = new Hono<HttpEnv>({ getPath: rawPath });

  app.get('/events', noHead, (context) => {
    const { group } = service;
    if (group === null) throw new HttpError(503, 'NOT_READY', 'this node is opening its log, or stops');
    const asStream = (context.req.header('accept') ?? '').includes(SSE);
    context.header('content-type', asStream ? SSE : 'application/x-ndjson');
    context.header('cache-control', 'no-store');
    return told(context, group, asStream);
  });

  app.all('/events', (context) => {
    context.header('allow', 'GET');
    throw new HttpError(405, 'METHOD_NOT_ALLOWED', '/events can only be read, with GET');
  });
  return app;
}

function told(context: Context<HttpEnv>, group: KvGroup, asStream: boolean): Response {
  return stream(context, async (out) => {
    const gone = new AbortController();
    out.onAbort(() => gone.abort());
    // So that whoever asked knows at once that it is heard.
    await out.write(asStream ? ': events\n\n' : '\n');
    for await (const event of group.events({ signal: gone.signal })) {
      const text = JSON.stringify(eventView(event));
      await out.write(asStream ? `event: ${event.type}\ndata: ${text}\n\n` : `${text}\n`);
    }
  });
}
