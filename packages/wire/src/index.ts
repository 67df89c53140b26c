export {
  decodeGroupMessage,
  encodeGroupMessage,
  GROUP_PROTOCOL,
  type GroupBody,
  MAX_FORWARDED,
  type OpenedMessage,
} from './group-message.ts';
