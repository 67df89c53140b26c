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
export { MAX_ADDRESSES, MAX_MEMBER_CHANGES, type MemberChangeBody } from './member-messages.ts';
