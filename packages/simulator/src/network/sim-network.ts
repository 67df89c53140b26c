import { invariant } from '@smalti/core';
import type { Simulation } from '../time/simulation.ts';
import type { Medium } from './medium.ts';

/** How the network behaves. All of it can be changed later, for the whole or for one direction. */
export interface LinkConditions {
  /** Milliseconds that something is on its way, drawn for each from [min, max). */
  readonly delay: readonly [min: number, max: number];
  /** Bytes that a lane carries in a millisecond. */
  readonly bytesPerMs: number;
  /** The probability that something is lost, and the connection with it. */
  readonly loss: number;
  /** Whether what is sent in one direction and lane arrives in order. */
  readonly ordered: boolean;
}

/** What a network is made with. */
export interface SimNetworkOptions extends Partial<LinkConditions> {
  /** Milliseconds until a connection that lost something, or whose way is cut, is given up. Default 1000. */
  readonly detectionMs?: number;
}

const DEFAULTS: LinkConditions = {
  delay: [0.1, 1],
  bytesPerMs: Number.POSITIVE_INFINITY,
  loss: 0,
  ordered: true,
};

/** One direction between two nodes. */
interface Direction {
  conditions: Partial<LinkConditions>;
  cut: boolean;
  /** Something was lost since the last reset: nothing more arrives before the next. */
  broken: boolean;
  /** Counts resets: what was sent before one never arrives. */
  epoch: number;
  /** A reset is on its way. */
  resetting: boolean;
  /** Where in the next thing that is sent the connection is reset: a share of its way; null if it is not. */
  resetAt: number | null;
  /** When each lane is free to carry more, and when what it carries last arrives. */
  lanes: Map<string, { free: number; arrived: number }>;
}

/**
 * A network between the nodes of a simulation, with delays, bandwidth, cuts in one or both directions, and loss.
 *
 * It never leaves a hole: what is sent on a way that is cut is lost, and so is everything after it in that
 * direction, until the connection is reset after the detection delay, as by a TCP timeout. A cut that is healed
 * before anything was lost has no effect.
 */
export class SimNetwork implements Medium {
  detectionMs: number;
  #conditions: LinkConditions;
  readonly #sim: Simulation;
  readonly #directions = new Map<string, Direction>();
  readonly #listeners = new Set<(a: string, b: string) => void>();
  readonly #watched = new Set<string>();
  #groups: ReadonlyMap<string, number> | null = null;

  constructor(sim: Simulation, options: SimNetworkOptions = {}) {
    const { detectionMs, ...conditions } = options;
    this.#sim = sim;
    this.detectionMs = detectionMs ?? 1000;
    this.#conditions = { ...DEFAULTS, ...conditions };
  }

  /** Changes how every direction behaves that was not set by itself. */
  set(conditions: Partial<LinkConditions>): void {
    this.#conditions = { ...this.#conditions, ...conditions };
  }

  /** Changes how one direction behaves; an empty object makes it ordinary again. */
  setDirection(from: string, to: string, conditions: Partial<LinkConditions>): void {
    this.#direction(from, to).conditions = conditions;
  }

  carry(from: string, to: string, bytes: number, deliver: () => void, lane = ''): boolean {
    invariant(bytes >= 0, `something of ${bytes} bytes`);
    this.#watch(from);
    this.#watch(to);
    const way = this.#direction(from, to);
    const { delay, bytesPerMs, loss, ordered } = { ...this.#conditions, ...way.conditions };
    if (this.isCut(from, to) || way.broken) {
      this.#lose(from, to);
      return false;
    }
    if (loss > 0 && this.#sim.random.chance(loss)) {
      this.#lose(from, to);
      return true;
    }
    const state = way.lanes.get(lane) ?? { free: 0, arrived: 0 };
    way.lanes.set(lane, state);
    state.free = Math.max(state.free, this.#sim.now) + bytes / bytesPerMs;
    let arrival = state.free + this.#sim.random.between(...delay);
    if (ordered) arrival = Math.max(arrival, state.arrived);
    state.arrived = arrival;
    const { epoch, resetAt } = way;
    if (resetAt !== null) {
      way.resetAt = null;
      this.#sim.schedule((arrival - this.#sim.now) * resetAt, `net reset in a frame ${from}>${to}`, () => {
        if (way.epoch === epoch) this.reset(from, to);
      });
    }
    const receiver = this.#sim.findNode(to)?.process;
    this.#sim.schedule(arrival - this.#sim.now, `net ${from}>${to} ${bytes}`, () => {
      if (way.epoch !== epoch) return;
      if (way.broken || this.isCut(from, to)) this.#lose(from, to);
      else if (receiver === undefined) deliver();
      else receiver.run('delivery', deliver);
    });
    return true;
  }

  onCut(listener: (a: string, b: string) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** True if nothing gets from one to the other. */
  isCut(from: string, to: string): boolean {
    if (this.#directions.get(key(from, to))?.cut) return true;
    return this.#groups !== null && this.#groups.get(from) !== this.#groups.get(to);
  }

  /** Cuts both directions between two nodes. */
  cut(a: string, b: string): void {
    this.cutOneWay(a, b);
    this.cutOneWay(b, a);
  }

  /** Cuts one direction; the other goes on until the connection is given up. */
  cutOneWay(from: string, to: string): void {
    this.#direction(from, to).cut = true;
    this.#detect(from, to);
  }

  /**
   * Lets nodes of one group reach each other alone. Nodes that are named nowhere form one more group. It replaces
   * an earlier partition, and leaves single cuts as they are.
   */
  partition(groups: readonly (readonly string[])[]): void {
    const member = new Map<string, number>();
    for (const [number, names] of groups.entries()) for (const name of names) member.set(name, number);
    this.#groups = member;
    for (const direction of [...this.#directions.keys()]) {
      const [from, to] = ends(direction);
      if (this.isCut(from, to)) this.#detect(from, to);
    }
  }

  /** Ends every cut and the partition, or the cuts between two nodes alone. */
  heal(a?: string, b?: string): void {
    if (a !== undefined && b !== undefined) {
      this.#direction(a, b).cut = false;
      this.#direction(b, a).cut = false;
      return;
    }
    this.#groups = null;
    for (const way of this.#directions.values()) way.cut = false;
  }

  /** Resets the connection between two nodes now. */
  reset(a: string, b: string): void {
    for (const way of [this.#direction(a, b), this.#direction(b, a)]) {
      way.epoch += 1;
      way.broken = false;
      way.lanes.clear();
    }
    for (const listener of [...this.#listeners]) listener(a, b);
  }

  /**
   * Resets the connection while the next thing that is sent in that direction is under way, `at` being how much of its
   * way it has behind it: from 0 to 1. What it is part of is lost whole.
   */
  resetInFrame(from: string, to: string, at: number): void {
    invariant(at >= 0 && at < 1, `a reset at ${at} of a frame`);
    this.#direction(from, to).resetAt = at;
  }

  #lose(from: string, to: string): void {
    this.#direction(from, to).broken = true;
    this.#detect(from, to);
  }

  /** After the detection delay: if the way is still cut, or something was lost on it, the connection is given up. */
  #detect(from: string, to: string): void {
    const way = this.#direction(from, to);
    if (way.resetting) return;
    way.resetting = true;
    const { epoch } = way;
    this.#sim.schedule(this.detectionMs, `net reset ${from}>${to}`, () => {
      way.resetting = false;
      if (way.epoch === epoch && (way.broken || this.isCut(from, to))) this.reset(from, to);
    });
  }

  /** A node whose process ends loses its connections: the others notice after the detection delay. */
  #watch(name: string): void {
    if (this.#watched.has(name)) return;
    const node = this.#sim.findNode(name);
    if (node === undefined) return;
    this.#watched.add(name);
    node.onCrash(() => {
      for (const direction of [...this.#directions.keys()]) {
        const [from, to] = ends(direction);
        if (from === name || to === name) this.#lose(from, to);
      }
    });
  }

  #direction(from: string, to: string): Direction {
    const name = key(from, to);
    let way = this.#directions.get(name);
    if (way === undefined) {
      way = {
        conditions: {},
        cut: false,
        broken: false,
        epoch: 0,
        resetting: false,
        resetAt: null,
        lanes: new Map(),
      };
      this.#directions.set(name, way);
    }
    return way;
  }
}

function key(from: string, to: string): string {
  return `${from} ${to}`;
}

function ends(name: string): [from: string, to: string] {
  const space = name.indexOf(' ');
  return [name.slice(0, space), name.slice(space + 1)];
}
