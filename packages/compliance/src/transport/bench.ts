import type { BondLimits, Transport } from '@smalti/core';
import { ComplianceError, check } from '../suite/expect.ts';
import type { TransportAbility, TransportHarness } from './harness.ts';
import { Member, type MemberOptions } from './member.ts';

const DEADLINE_MS = 10_000;

/** What a case works with: nodes, their members, and waits that end. */
export class TransportBench {
  readonly harness: TransportHarness;
  readonly abilities: readonly TransportAbility[];
  readonly members: Member[] = [];
  readonly #transports = new Map<string, Transport>();
  readonly #waiting = new Set<() => void>();

  constructor(harness: TransportHarness, abilities: readonly TransportAbility[]) {
    this.harness = harness;
    this.abilities = abilities;
  }

  /** Starts a node. */
  async start(name: string, limits?: Partial<BondLimits>): Promise<Transport> {
    const transport = await this.harness.drive(this.harness.start(name, limits));
    this.#transports.set(name, transport);
    return transport;
  }

  /** The address of a node that runs. */
  at(name: string): string {
    return this.#node(name).address;
  }

  /** Opens a group on a node. */
  join(name: string, options: MemberOptions = {}): Member {
    return this.joinAs(name, name, options);
  }

  /** Opens a group on a node, under another name. */
  joinAs(node: string, name: string, options: MemberOptions): Member {
    const changed = (): void => {
      for (const look of [...this.#waiting]) look();
    };
    const member = new Member(this.#node(node), name, options, changed);
    this.members.push(member);
    return member;
  }

  /** A node with one member. */
  async member(name: string, options: MemberOptions = {}, limits?: Partial<BondLimits>): Promise<Member> {
    await this.start(name, limits);
    return this.join(name, options);
  }

  /** Two members with a bond, `b` having been dialled by `a`. */
  async pair(limits?: Partial<BondLimits>): Promise<[a: Member, b: Member]> {
    const a = await this.member('a', {}, limits);
    const b = await this.member('b', {}, limits);
    a.dial(this.at('b'));
    await this.until('a and b have a bond', () => a.peers.length === 1 && b.peers.length === 1);
    return [a, b];
  }

  /** Ends every connection. @throws ComplianceError if `break` is not declared. */
  breakLinks(): void {
    this.#needs('break');
    this.harness.breakLinks();
  }

  /** Ends a node without a word. @throws ComplianceError if `kill` is not declared. */
  async kill(name: string): Promise<void> {
    this.#needs('kill');
    this.#transports.delete(name);
    await this.harness.drive(this.harness.kill(name));
  }

  /** Waits until it holds, looking after each event. @throws ComplianceError if that takes too long. */
  async until(what: string, holds: () => boolean, deadlineMs: number = DEADLINE_MS): Promise<void> {
    const wait = new Promise<void>((resolve, reject) => {
      const end = (settle: () => void): void => {
        timer.cancel();
        this.#waiting.delete(look);
        settle();
      };
      const look = (): void => {
        if (this.members.some(({ broken }) => broken !== null) || holds()) end(resolve);
      };
      const timer = this.harness.clock.setTimer(deadlineMs, () => {
        end(() => reject(new ComplianceError(`not within ${deadlineMs} ms: ${what}; ${this.#state()}`)));
      });
      this.#waiting.add(look);
      look();
    });
    await this.harness.drive(wait);
    this.sound();
  }

  /** Lets time pass, to see that nothing happens. */
  async pass(ms: number): Promise<void> {
    await this.harness.drive(new Promise<void>((resolve) => void this.harness.clock.setTimer(ms, resolve)));
    this.sound();
  }

  /** @throws ComplianceError if an event broke a promise. */
  sound(): void {
    for (const { broken } of this.members) check(broken === null, broken ?? '');
  }

  #needs(ability: TransportAbility): void {
    check(this.abilities.includes(ability), `this needs the ability ${ability}: declare it`);
  }

  #node(name: string): Transport {
    const transport = this.#transports.get(name);
    check(transport !== undefined, `node ${name} runs`);
    return transport;
  }

  #state(): string {
    const lines = this.members.map(({ name, peers, refusals }) => {
      const last = refusals.at(-1);
      return `${name} has [${peers.join(' ')}]${last ? ` and was refused with ${last.code}: ${last.detail}` : ''}`;
    });
    return lines.join('; ');
  }
}
