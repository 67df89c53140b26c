export { DEFAULT_HTTP_LIMITS, type HttpLimits, HttpServer } from './http-server.ts';
