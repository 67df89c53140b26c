import { ByteReader, DecodeError } from '../../codec/byte-reader.ts';
import { ByteWriter } from '../../codec/byte-writer.ts';
import type { Clock, Timer } from '../../ports/clock.ts';
import { Pulse } from './pulse.ts';

/** The format of pulses and their answers. One of another version is passed over: nobody relies on it then. */
const VERSION = 1;

/** What the pulses of a link need of it. */
export interface PulseHost {
  readonly maxChannels: number;
  /** Sends a frame on the control lane, if there is room. */
  pulse(body: Uint8Array): void;
  answer(body: Uint8Array): void;
  /** The pulse of a bond that stands. */
  find(channel: number): Pulse | undefined;
  /** The other side does not confirm that bond. */
  objected(channel: number): void;
}

/**
 * The pulses of one link: a frame in each interval names all bonds on it that are at rest, and its answer those of them
 * that the other side does not confirm. It says of each what a message on it would say, in order with these: so what
 * it costs is one frame for however many groups.
 */
export class LinkPulses {
  readonly #clock: Clock;
  readonly #host: PulseHost;
  readonly #beating = new Map<number, Pulse>();
  #timer: Timer | null = null;
  #everyMs = Number.POSITIVE_INFINITY;
  #sent = 0;

  constructor(clock: Clock, host: PulseHost) {
    this.#clock = clock;
    this.#host = host;
  }

  /** The pulse of a new bond. */
  of(channel: number): Pulse {
    return new Pulse((pulse, everyMs) => this.#begin(channel, pulse, everyMs));
  }

  /** The other side sent a pulse. @throws DecodeError if it is none. */
  received(body: Uint8Array): void {
    const reader = new ByteReader(body);
    if (reader.u8() !== VERSION) return;
    const sequence = reader.varint();
    const now = this.#clock.now();
    const objections: number[] = [];
    for (const channel of readChannels(reader, this.#host.maxChannels)) {
      const pulse = this.#host.find(channel);
      if (pulse !== undefined && now < pulse.confirmUntil) pulse.heardAt = now;
      else objections.push(channel);
    }
    this.#host.answer(encode(sequence, objections));
  }

  /** The other side answered a pulse. @throws DecodeError if it is no answer to one of ours. */
  answered(body: Uint8Array): void {
    const reader = new ByteReader(body);
    if (reader.u8() !== VERSION) return;
    const sequence = reader.varint();
    if (sequence === 0 || sequence > this.#sent)
      throw new DecodeError('an answer to a pulse that was not sent', 1);
    const objections = new Set(readChannels(reader, this.#host.maxChannels));
    const now = this.#clock.now();
    for (const [channel, pulse] of this.#beating) {
      if (pulse.firstNamed === 0 || pulse.firstNamed > sequence) continue;
      if (!objections.has(channel)) {
        pulse.answeredAt = now;
        continue;
      }
      this.#forget(channel, pulse);
      this.#host.objected(channel);
    }
  }

  /** A bond has ended. */
  ended(channel: number): void {
    this.#beating.delete(channel);
  }

  stop(): void {
    this.#timer?.cancel();
    this.#timer = null;
    this.#beating.clear();
  }

  #begin(channel: number, pulse: Pulse, everyMs: number): void {
    if (this.#host.find(channel) !== pulse) return;
    this.#beating.set(channel, pulse);
    if (this.#timer !== null && everyMs >= this.#everyMs) return;
    this.#timer?.cancel();
    this.#everyMs = everyMs;
    this.#arm();
  }

  /**
   * At the next multiple of the interval: so that all links of a process beat at once, and groups that rest are looked
   * at in the same moment. What it costs to wake up is more than what there is to do.
   */
  #arm(): void {
    const every = this.#everyMs;
    const left = every - (this.#clock.now() % every);
    // Not right after the last one, should a timer come a little early.
    const wait = left < every / 4 ? left + every : left;
    this.#timer = this.#clock.setTimer(wait, () => this.#beat());
  }

  #beat(): void {
    this.#timer = null;
    const now = this.#clock.now();
    const sequence = this.#sent + 1;
    const named: number[] = [];
    for (const [channel, pulse] of this.#beating) {
      if (now >= pulse.beatUntil) {
        this.#forget(channel, pulse);
        continue;
      }
      if (pulse.firstNamed === 0) pulse.firstNamed = sequence;
      named.push(channel);
    }
    if (named.length === 0) return;
    this.#sent = sequence;
    this.#host.pulse(encode(sequence, named));
    this.#arm();
  }

  #forget(channel: number, pulse: Pulse): void {
    this.#beating.delete(channel);
    pulse.still();
  }
}

function encode(sequence: number, channels: readonly number[]): Uint8Array {
  const writer = new ByteWriter(16 + 2 * channels.length)
    .u8(VERSION)
    .varint(sequence)
    .varint(channels.length);
  for (const channel of channels) writer.varint(channel);
  return writer.finish();
}

function readChannels(reader: ByteReader, most: number): number[] {
  const count = reader.varint();
  if (count > most)
    throw new DecodeError(`a pulse for ${count} bonds, and there are ${most} at most`, reader.offset);
  const channels: number[] = [];
  for (let left = count; left > 0; left--) channels.push(reader.varint());
  reader.end();
  return channels;
}
