import type { MemberKey, SmaltiError, Term, TransportGroup } from '@smalti/core';
import type { GroupBody } from '@smalti/wire';
import type { BondTable } from '../bond-table.ts';
import type { EngineShell } from '../engine-shell.ts';
import type { PeerWire } from '../peer-wire.ts';
import type { RuntimeOptions } from '../runtime-options.ts';
import type { ConfigurationEvent } from '../shell-port.ts';
import { Dialer } from './dialer.ts';
import { Joiner } from './joiner.ts';
import { MemberDesk } from './member-desk.ts';
import { GroupMembers } from './members.ts';
import { Steward } from './steward.ts';

/** What the membership of a group needs of its surroundings. */
export interface MembershipPort {
  readonly self: MemberKey;
  readonly bonds: BondTable;
  readonly wire: PeerWire;
  leader(): MemberKey | null;
  leads(): boolean;
  /** The engine's shell, once this node belongs to a cluster. */
  shell(): EngineShell | null;
  /** Why nothing can be asked any more, or null. */
  refusal(): SmaltiError | null;
  note(text: string): void;
}

/** Who counts, on this node: the parts that ask for changes, make them, and follow from them. */
export class Membership {
  readonly members: GroupMembers;
  readonly desk: MemberDesk;
  readonly #port: MembershipPort;
  readonly #options: Omit<RuntimeOptions<never, never, never>, 'machine'>;
  readonly #joiner: Joiner;
  readonly #steward: Steward | null;
  #dialer: Dialer | null = null;
  #term = 0 as Term;

  constructor(options: Omit<RuntimeOptions<never, never, never>, 'machine'>, port: MembershipPort) {
    this.#port = port;
    this.#options = options;
    const { clock } = options.platform;
    const { self, bonds, wire } = port;
    const view = () => port.shell()?.view ?? null;
    const everyMs = Math.max(options.timing.heartbeatMs, options.timing.electionMinMs / 4);
    this.desk = new MemberDesk(
      {
        self,
        leads: () => port.leads(),
        leader: () => port.leader(),
        bonded: () => bonds.entries().map(([key]) => key),
        send: (to, body) => wire.send(to, body),
        change: (changes, force) => {
          const none = { reason: 'not-leader', text: 'this node is blank' } as const;
          return port.shell()?.change(changes, force) ?? none;
        },
        transfer: (to) => {
          const shell = port.shell();
          return shell === null ? 'this node is blank' : shell.transfer(to);
        },
        transferTo: () => view()?.transferTo ?? null,
        configuration: () => view()?.configuration ?? null,
        settled: () => {
          const now = view();
          return now === null || now.changing ? null : now.configurationIndex;
        },
        found: (addresses) => this.#dialer?.found(addresses),
      },
      clock,
      everyMs,
    );
    this.members = new GroupMembers(this.desk, view, () => port.refusal());
    const { preference, joins, transport } = options;
    const { address } = transport;
    const note = (text: string): void => port.note(text);
    this.#joiner = new Joiner({ self, address, preference, joins, view, note }, this.desk, clock, everyMs);
    this.#steward =
      options.policy === null
        ? null
        : new Steward(
            {
              self,
              view,
              change: (changes) =>
                port.shell()?.change(changes, false) ?? { reason: 'not-leader', text: 'this node is blank' },
              note,
            },
            options.policy,
            clock,
            options.timing.electionMinMs,
          );
  }

  /** The group's door is open. */
  open(door: TransportGroup): void {
    const { named, contacts, identity, transport } = this.#options;
    const others = [...named].filter(([id]) => id !== identity.node).map(([, address]) => address);
    this.#dialer = new Dialer(door, identity.node, transport.address, [...others, ...contacts]);
  }

  /** This node belongs to a cluster now. */
  begin(): void {
    const view = this.#port.shell()?.view;
    if (view !== undefined) this.#dialer?.follow(view.configuration);
    this.#joiner.changed();
  }

  /** A bond to a peer began. */
  bonded(peer: MemberKey): void {
    this.desk.rebonded(peer);
  }

  /** Told after the step in which it happened. */
  changed({ configuration, index, committed }: ConfigurationEvent): void {
    this.#dialer?.follow(configuration);
    this.desk.changed(configuration, index, committed);
    this.#joiner.changed();
  }

  /** Another leads now, or nobody, or the same in another term. */
  role(term: Term): void {
    const leads = this.#port.leads();
    this.#steward?.led(leads);
    // What began in an earlier term may have been cut since.
    if (!leads || term !== this.#term) this.desk.deposed();
    this.#term = term;
    this.#joiner.changed();
  }

  /** @throws DecodeError if it is nonsense. */
  received(from: MemberKey, body: Extract<GroupBody, { type: 'member-request' | 'member-reply' }>): void {
    if (body.type === 'member-request') this.desk.received(from, body);
    else this.desk.answered(body);
  }

  close(make: () => SmaltiError): void {
    this.#steward?.close();
    this.#joiner.close();
    this.desk.close(make);
  }
}
