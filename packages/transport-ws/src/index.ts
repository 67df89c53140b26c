export { DEFAULT_WS_LIMITS, type WsLimits, type WsTlsOptions, type WsTransportOptions } from './options.ts';
export { wsTransport } from './ws-transport.ts';
