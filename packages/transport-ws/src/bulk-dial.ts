import type { Socket } from 'node:net';
import type { Clock, Logger, Random, Timer } from '@smalti/core';
import type { WebSocket } from 'ws';
import type { Dialler } from './dialler.ts';
import type { WsLimits } from './options.ts';

/** What bulk connections are begun with. */
export interface BulkDialParts {
  readonly dialler: Dialler;
  readonly clock: Clock;
  readonly random: Random;
  readonly logger: Logger;
  readonly limits: WsLimits;
}

/**
 * Begins the bulk connection of one link, again and again until it stands: consensus on the control lane must not
 * suffer when bulk finds no way, so the link stays and bulk waits.
 */
export class BulkDial {
  readonly #parts: BulkDialParts;
  readonly #address: string;
  readonly #connected: (ws: WebSocket, socket: Socket) => void;
  #failures = 0;
  #timer: Timer | null = null;
  #stopAttempt: (() => void) | null = null;

  constructor(parts: BulkDialParts, address: string, connected: (ws: WebSocket, socket: Socket) => void) {
    this.#parts = parts;
    this.#address = address;
    this.#connected = connected;
    this.#attempt();
  }

  stop(): void {
    this.#timer?.cancel();
    this.#stopAttempt?.();
  }

  #attempt(): void {
    const { dialler, clock, limits } = this.#parts;
    const stop = dialler.begin(this.#address, 'bulk', {
      connected: (ws, socket) => {
        this.#timer?.cancel();
        this.#connected(ws, socket);
      },
      failed: (code, detail) => this.#failed(code, detail),
    });
    this.#stopAttempt = stop;
    this.#timer = clock.setTimer(limits.handshakeMs, () => {
      stop();
      this.#failed('HANDSHAKE_TIMEOUT', `no answer came within ${limits.handshakeMs} ms`);
    });
  }

  #failed(code: string, detail: string): void {
    const { clock, random, logger, limits } = this.#parts;
    const told = { code, detail, address: this.#address };
    // Once is enough for an operator: it is tried for as long as the link lives.
    if (this.#failures === 0) logger.warn('the bulk connection failed, control goes on without it', told);
    else logger.debug('still no bulk connection', told);
    const longest = Math.min(limits.redialMaxMs, limits.redialMinMs * 2 ** Math.min(this.#failures, 20));
    this.#failures += 1;
    this.#timer?.cancel();
    this.#timer = clock.setTimer(longest * (0.5 + random.next() / 2), () => this.#attempt());
  }
}
