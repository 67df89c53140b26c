import { createServer, type Server } from 'node:http';
import { getRequestListener } from '@hono/node-server';
import type { Logger } from '@smalti/core';
import { Hono } from 'hono';
import type { KvService } from '../service/index.ts';
import { listenOn } from '../service/listen.ts';
import { adminRoutes } from './admin-routes.ts';
import { eventRoutes } from './event-routes.ts';
import { gone, noSuchPath, sendError, toHttpError } from './http-error.ts';
import { kvRoutes } from './kv-routes.ts';
import { oneAtATime } from './one-at-a-time.ts';
import { type HttpEnv, rawPath } from './raw-path.ts';
import { malformed, refuseMalformed } from './refuse-malformed.ts';
import { sessionRoutes } from './session-routes.ts';
import { statusRoutes } from './status-routes.ts';

/** Bounds of the HTTP server. */
export interface HttpLimits {
  /** The longest value, in bytes; a longer one is answered with 413. */
  readonly maxValueBytes: number;
  /** Connections; one more is closed. */
  readonly maxConnections: number;
  /** What lets one change the members; null for nobody. */
  readonly adminToken: string | null;
}

export const DEFAULT_HTTP_LIMITS: HttpLimits = Object.freeze({
  maxValueBytes: 4 * 1024 * 1024,
  maxConnections: 10_000,
  adminToken: null,
});

/** Request line and headers, at most: keys are in the request line. */
const MAX_HEADER_BYTES = 64 * 1024;
const HEADERS_TIMEOUT_MS = 10_000;
const REQUEST_TIMEOUT_MS = 60_000;
/** How often those two are looked at: by default they can be late by half a minute. */
const CHECK_MS = 1_000;

/** Speaks HTTP: keys and values, health and status, and the members. */
export class HttpServer {
  readonly #server: Server;

  constructor(service: KvService, logger: Logger, limits: Partial<HttpLimits> = {}) {
    const { maxValueBytes, maxConnections, adminToken } = { ...DEFAULT_HTTP_LIMITS, ...limits };
    const app = new Hono<HttpEnv>({ getPath: rawPath });
    app.route('/', kvRoutes(service, maxValueBytes));
    app.route('/', sessionRoutes(service));
    app.route('/', statusRoutes(service));
    app.route('/', adminRoutes(service, adminToken, logger));
    app.route('/', eventRoutes(service));
    app.notFound((context) => sendError(context, noSuchPath()));
    app.onError((error, context) => {
      // Whoever asked went away in the middle of the request: nothing failed here, and nobody hears the answer.
      if (context.req.raw.signal.aborted && 'code' in error && error.code === 'ECONNRESET')
        return sendError(context, gone());
      const answer = toHttpError(error);
      if (answer.code === 'INTERNAL') logger.error('a request failed', { path: context.req.path, error });
      return sendError(context, answer);
    });
    const listener = getRequestListener(app.fetch, { overrideGlobalObjects: false, errorHandler: malformed });
    const options = {
      maxHeaderSize: MAX_HEADER_BYTES,
      headersTimeout: HEADERS_TIMEOUT_MS,
      requestTimeout: REQUEST_TIMEOUT_MS,
      connectionsCheckingInterval: CHECK_MS,
      // The listener refuses what has none, with a code.
      requireHostHeader: false,
    };
    this.#server = createServer(
      options,
      oneAtATime((request, response) => void listener(request, response)),
    );
    refuseMalformed(this.#server);
    this.#server.maxConnections = maxConnections;
  }

  /** @throws SmaltiError `ADDRESS_IN_USE` or `BAD_OPTION`, naming the flag. Gives the port. */
  listen(address: string): Promise<number> {
    return listenOn(this.#server, '--http', address);
  }

  /** Accepts no more, lets what is under way be answered for a while, and then ends every connection. */
  async close(graceMs = 1_000): Promise<void> {
    const closed = new Promise<void>((resolve) => this.#server.close(() => resolve()));
    this.#server.closeIdleConnections();
    const timer = setTimeout(() => this.#server.closeAllConnections(), graceMs);
    await closed;
    clearTimeout(timer);
  }
}
