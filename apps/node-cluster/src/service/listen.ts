import type { AddressInfo, Server } from 'node:net';
import { SmaltiError } from '@smalti/core';
import { splitAddress } from './address.ts';

/**
 * Makes a server listen, and gives its port.
 *
 * @throws SmaltiError `ADDRESS_IN_USE` if something listens there already, `BAD_OPTION` if one cannot listen there;
 * both name the flag.
 */
export function listenOn(server: Server, flag: string, address: string): Promise<number> {
  const { host, port } = splitAddress(address);
  return new Promise((resolve, reject) => {
    const onError = (error: NodeJS.ErrnoException): void => {
      reject(listenError(error, flag, address));
    };
    server.once('error', onError);
    server.listen({ host, port, exclusive: true }, () => {
      server.off('error', onError);
      resolve((server.address() as AddressInfo).port);
    });
  });
}

/** What it means that one cannot listen, in words for the operator. */
function listenError(error: NodeJS.ErrnoException, flag: string, address: string): SmaltiError {
  if (error.code === 'EADDRINUSE') {
    return new SmaltiError(
      'ADDRESS_IN_USE',
      `${flag} ${address}: something listens there already; stop it, or choose another port`,
      { cause: error, details: { flag, address } },
    );
  }
  return new SmaltiError(
    'BAD_OPTION',
    `${flag} ${address}: cannot listen there (${error.code ?? error.message})`,
    {
      cause: error,
      details: { flag, address },
    },
  );
}
