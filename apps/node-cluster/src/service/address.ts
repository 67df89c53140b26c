/** A host and a port. */
export interface Address {
  readonly host: string;
  readonly port: number;
}

/**
 * Parts `host:port`, or `[host]:port` for an IPv6 address. Port 0 asks for any free one.
 *
 * @throws RangeError saying what is wrong.
 */
export function splitAddress(text: string): Address {
  const match = /^(?:\[([0-9a-fA-F:.%]+)\]|([A-Za-z0-9._-]+)):(\d{1,5})$/.exec(text);
  const host = match?.[1] ?? match?.[2];
  const port = Number(match?.[3]);
  if (host === undefined || port > 65_535) {
    throw new RangeError('must be HOST:PORT, such as 127.0.0.1:9001, with a port of at most 65535');
  }
  return { host, port };
}
