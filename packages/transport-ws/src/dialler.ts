import type { Socket } from 'node:net';
import type { Lane, Refusal } from '@smalti/core';
import { WebSocket } from 'ws';
import { parseAddress, showAddress } from './address.ts';
import { lossOf } from './losses.ts';
import type { WsTlsOptions } from './options.ts';
import { commonSettings, noMask, PATHS } from './ws-settings.ts';

/** What becomes of a connection that was begun: exactly one of these is called, once, and never within `begin`. */
export interface DialEvents {
  connected(ws: WebSocket, socket: Socket): void;
  failed(code: Refusal['code'], detail: string): void;
}

/** How connections are begun. */
export class Dialler {
  readonly #tls: WsTlsOptions | undefined;
  readonly #maxMessageBytes: number;

  constructor(tls: WsTlsOptions | undefined, maxMessageBytes: number) {
    this.#tls = tls;
    this.#maxMessageBytes = maxMessageBytes;
  }

  /** Begins a connection for a lane. Gives what stops it. */
  begin(address: string, lane: Lane, events: DialEvents): () => void {
    const place = parseAddress(address);
    let over = false;
    const once = (outcome: () => void): void => {
      if (over) return;
      over = true;
      outcome();
    };
    const fail = (code: Refusal['code'], detail: string): void => once(() => events.failed(code, detail));
    const url = `${this.#tls ? 'wss' : 'ws'}://${place ? showAddress(place) : ''}${PATHS[lane]}`;
    // Some hosts look right and are none, e.g. 256.1.1.1.
    if (!place || place.port === 0 || !URL.canParse(url)) {
      const detail = `${JSON.stringify(address.slice(0, 80))} cannot be dialled: an address is host:port`;
      queueMicrotask(() => fail('LINK_LOST', detail));
      return () => once(() => {});
    }
    const ws = new WebSocket(url, {
      ...commonSettings(this.#maxMessageBytes),
      ...this.#tlsSettings(),
      generateMask: noMask,
      followRedirects: false,
    });
    let socket: Socket | null = null;
    ws.on('upgrade', (response) => {
      socket = response.socket;
    });
    ws.on('open', () => {
      const opened = socket;
      if (opened) once(() => events.connected(ws, opened));
    });
    ws.on('error', (error) => fail(...lossOf(error, address)));
    ws.on('close', () => fail('LINK_LOST', `${address}: the connection was closed before it stood`));
    ws.on('unexpected-response', (_request, response) => {
      const status = response.statusCode ?? 0;
      response.destroy();
      fail(
        'BAD_HANDSHAKE',
        `${address} answers HTTP status ${status}: check that the address is a Smalti node`,
      );
      ws.terminate();
    });
    return () => {
      once(() => {});
      ws.terminate();
    };
  }

  #tlsSettings(): object {
    const tls = this.#tls;
    if (!tls) return {};
    return {
      cert: tls.cert,
      key: tls.key,
      minVersion: 'TLSv1.3',
      ...(tls.ca === undefined ? {} : { ca: tls.ca }),
      ...(tls.servername === undefined ? {} : { servername: tls.servername }),
    };
  }
}
