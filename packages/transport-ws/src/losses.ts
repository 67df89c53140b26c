import type { Refusal } from '@smalti/core';

const CODES: Readonly<Record<string, readonly [Refusal['code'], string]>> = {
  ECONNREFUSED: ['LINK_LOST', 'nobody listens there: check the address, and that the node runs'],
  ENOTFOUND: ['LINK_LOST', 'there is no host of that name: check the address'],
  EAI_AGAIN: ['LINK_LOST', 'the name of the host cannot be resolved now'],
  ETIMEDOUT: ['LINK_LOST', 'no answer: check the address, and firewalls between'],
  EHOSTUNREACH: ['LINK_LOST', 'there is no way to that host'],
  ENETUNREACH: ['LINK_LOST', 'there is no way to that network'],
  ECONNRESET: ['LINK_LOST', 'the connection was reset by the other side or the network'],
  EPIPE: ['LINK_LOST', 'the other side has closed the connection'],
  WS_ERR_UNSUPPORTED_MESSAGE_LENGTH: [
    'FRAME_TOO_LARGE',
    'a frame came that is larger than maxMessageBytes: use the same limits on all nodes',
  ],
  WS_ERR_UNSUPPORTED_DATA_PAYLOAD_LENGTH: [
    'FRAME_TOO_LARGE',
    'a frame came that is larger than maxMessageBytes: use the same limits on all nodes',
  ],
};

/** What an error of a socket means, as the code and the detail of a refusal. */
export function lossOf(error: Error, address: string): [code: Refusal['code'], detail: string] {
  const { code: name = '' } = error as NodeJS.ErrnoException;
  const known = CODES[name];
  if (known) return [known[0], `${address}: ${known[1]}`];
  if (name.startsWith('WS_ERR_')) {
    return ['BAD_MESSAGE', `${address}: what came is not WebSocket: ${error.message}: is it a Smalti node?`];
  }
  if (/^(ERR_TLS|ERR_SSL|CERT_|DEPTH_|SELF_|UNABLE_|EPROTO)/.test(name)) {
    const advice = 'check that both use TLS, and that each trusts the certificate of the other';
    return ['BAD_HANDSHAKE', `${address}: TLS failed: ${error.message}: ${advice}`];
  }
  if (name.startsWith('HPE_') || /socket hang up|Sec-WebSocket|Upgrade/i.test(error.message)) {
    const advice = 'check that the address is a Smalti node, and that both use TLS or neither does';
    return ['BAD_HANDSHAKE', `${address}: no WebSocket answers there (${error.message}): ${advice}`];
  }
  return ['LINK_LOST', `${address}: ${error.message}`];
}
