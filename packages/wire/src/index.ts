export {
  decodeGroupMessage,
  encodeGroupMessage,
  GROUP_PROTOCOL,
  type GroupBody,
  MAX_FORWARDED,
  MAX_OFFERS,
  MAX_TERM_ROWS,
  type OpenedMessage,
} from './group-message.ts';
