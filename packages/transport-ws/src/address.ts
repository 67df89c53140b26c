import { SmaltiError } from '@smalti/core';

/** A place on a network. */
export interface HostPort {
  readonly host: string;
  readonly port: number;
}

/** Reads `host:port` or `[ipv6]:port`; null if it is neither. */
export function parseAddress(text: string): HostPort | null {
  const match = /^(?:\[([0-9A-Fa-f:.]+)\]|([A-Za-z0-9._-]+)):(\d{1,5})$/.exec(text);
  const host = match?.[1] ?? match?.[2];
  const port = Number(match?.[3]);
  return host === undefined || port > 65_535 ? null : { host, port };
}

/** `host:port`, with brackets where they are needed. */
export function showAddress({ host, port }: HostPort): string {
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
}

/** @throws SmaltiError `BAD_OPTION` naming the option. */
export function addressOption(name: string, text: string): HostPort {
  const address = parseAddress(text);
  if (address) return address;
  throw new SmaltiError(
    'BAD_OPTION',
    `${name} must be host:port, e.g. 127.0.0.1:9001, and ${JSON.stringify(text)} is not`,
  );
}

/** True if others cannot dial that host, because it stands for every address of this machine. */
export function isWildcard(host: string): boolean {
  return host === '0.0.0.0' || host === '::';
}
