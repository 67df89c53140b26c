export { DEFAULT_RESP_LIMITS, type RespLimits } from './limits.ts';
export { RespServer } from './resp-server.ts';
