import { openSync, writeSync } from 'node:fs';
import type { StateSync } from '@smalti/core';

/** What went over the wire for catching up, in bytes of encoded messages. */
export interface Counts {
  readonly sent: number;
  readonly received: number;
  /** Of what was received: messages that bring parts of a checkpoint. */
  readonly parts: number;
}

/**
 * A strategy whose messages are counted. What is received stands in a file as well, so that it is known of a process that
 * was killed.
 */
export class CountedSync {
  sent = 0;
  received = 0;
  parts = 0;
  readonly #file: number;
  readonly #record = new Float64Array(1);

  constructor(file: string) {
    this.#file = openSync(file, 'w');
    this.#save();
  }

  // biome-ignore lint/suspicious/noExplicitAny: any strategy, whatever its messages are
  of(strategy: StateSync<any, any>): StateSync<any, any> {
    return {
      ...strategy,
      messages: (version) => {
        const codec = strategy.messages(version);
        return {
          encode: (message) => {
            const bytes = codec.encode(message);
            this.sent += bytes.length;
            return bytes;
          },
          decode: (bytes) => {
            const message = codec.decode(bytes);
            this.received += bytes.length;
            if ((message as { readonly type?: string }).type === 'parts') {
              this.parts += bytes.length;
              this.#save();
            }
            return message;
          },
        };
      },
    };
  }

  #save(): void {
    this.#record[0] = this.parts;
    writeSync(this.#file, new Uint8Array(this.#record.buffer), 0, 8, 0);
  }
}
