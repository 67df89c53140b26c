import {
  type BootNonce,
  checkDescriptor,
  type GroupId,
  type Incarnation,
  type PeerId,
  SmaltiError,
  toHex,
} from '@smalti/core';
import { checkStrategies } from '../sync/dialect.ts';
import type { Group, JoinOptions, NodeOptions, SmaltiNode } from './api.ts';
import { checkCheckpoints, checkpointsOf } from './checkpoint-options.ts';
import type { Restored } from './checkpoints/restore.ts';
import { restoreState } from './checkpoints/restore-state.ts';
import { leaseOf, limitsOf, timingOf } from './defaults.ts';
import { GroupFacade } from './group.ts';
import { GroupRuntime } from './group-runtime.ts';
import { clusterOf, contactsOf, groupsOf, namedPeers } from './join-options.ts';
import { autopilot } from './members/policy.ts';
import { closeLog, openLog } from './open-log.ts';
import { StoredClusters } from './stored-clusters.ts';
import { checkVersions } from './versions/version-in-force.ts';

/**
 * Makes a node of a store, a transport and a platform.
 *
 * @throws PluginMismatch `PLUGIN_MISMATCH` if one of them does not fit its place.
 */
export function createNode(options: NodeOptions): SmaltiNode {
  checkDescriptor(options.store.descriptor, 'log-store');
  checkDescriptor(options.transport.descriptor, 'transport');
  return new Node(options);
}

// biome-ignore lint/suspicious/noExplicitAny: groups of every type of machine live side by side
type AnyGroup = Group<any, any, any>;

class Node implements SmaltiNode {
  readonly boot: BootNonce;
  readonly failed: Promise<SmaltiError>;
  readonly #options: NodeOptions;
  readonly #groups = new Map<GroupId, Promise<AnyGroup>>();
  #fail: (error: SmaltiError) => void = () => {};
  #fault: SmaltiError | null = null;
  #closing: Promise<void> | null = null;
  readonly #runtimes = new Set<{ fail(error: SmaltiError): void }>();
  readonly #clusters: StoredClusters;
  /** Logs are opened and closed one after the other. */
  #line: Promise<unknown> = Promise.resolve();

  constructor(options: NodeOptions) {
    this.#options = options;
    this.#clusters = new StoredClusters(options.store);
    this.boot = options.boot ?? (toHex(options.platform.random.bytes(8)) as BootNonce);
    this.failed = new Promise((resolve) => {
      this.#fail = resolve;
    });
    options.store.onFault((error) => this.#stop(error));
  }

  get id(): PeerId {
    return this.#options.store.identity.node;
  }

  get incarnation(): Incarnation {
    return this.#options.store.identity.incarnation;
  }

  async join<Command, Query, Result>(
    join: JoinOptions<Command, Query, Result>,
  ): Promise<Group<Command, Query, Result>> {
    if (this.#fault !== null) throw this.#fault;
    if (this.#closing !== null) throw new SmaltiError('GROUP_CLOSED', 'the node was closed');
    checkDescriptor(join.machine.descriptor, 'state-machine');
    checkVersions(join.machine);
    checkStrategies(join.sync);
    if (join.checkpoints !== undefined) checkCheckpoints(join.machine, join.checkpoints);
    const groups = groupsOf(join, this.#options.network, this.#options.platform.hasher);
    const slot = groups.find((id) => this.#options.store.groups.includes(id)) ?? (groups[0] as GroupId);
    const known = groups.map((id) => this.#groups.get(id)).find((group) => group !== undefined);
    if (known !== undefined) return known as Promise<Group<Command, Query, Result>>;
    const opening = this.#line.then(() => this.#open(join, groups, slot));
    this.#line = opening.catch(() => {});
    this.#groups.set(slot, opening);
    opening.catch(() => this.#groups.delete(slot));
    return opening;
  }

  async #open<C, Q, R>(
    join: JoinOptions<C, Q, R>,
    groups: GroupId[],
    slot: GroupId,
  ): Promise<Group<C, Q, R>> {
    const { network, platform, store, transport } = this.#options;
    const named = namedPeers(join.peers ?? {});
    const bootstrap = join.bootstrap ?? false;
    const { preference = 'normal', policy = autopilot() } = join;
    const contacts = contactsOf(join);
    if (bootstrap && !named.has(this.id)) {
      const text = `peers names ${[...named.keys()].join(', ')}, and must name this node, ${this.id}, too to bootstrap`;
      throw new SmaltiError('BAD_OPTION', text, { details: { option: 'peers' } });
    }
    const cluster = clusterOf(join.cluster);
    const timing = timingOf(join.timing);
    const leaseMs = leaseOf(join.reads, timing);
    const limits = limitsOf(join.limits, transport.maxMessageBytes);
    const checkpoints = join.checkpoints === undefined ? null : checkpointsOf(join.checkpoints);
    if (!store.groups.includes(slot)) await this.#clusters.look((id) => this.#groups.has(id));
    const log = await openLog(store, slot);
    let restored: Restored;
    try {
      restored = await restoreState(log, checkpoints, join.machine, platform);
      if (this.#fault !== null) throw this.#fault;
    } catch (error) {
      await closeLog(log).catch(() => {});
      throw error;
    }
    const runtime = new GroupRuntime<C, Q, R>({
      network,
      identity: store.identity,
      boot: this.boot,
      platform,
      transport,
      log,
      machine: join.machine,
      sync: join.sync,
      keys: join.keys,
      groups,
      named,
      bootstrap,
      contacts,
      joins: contacts.length > 0,
      preference,
      policy,
      holds: (other) => this.#clusters.holds(other, slot),
      cluster,
      timing,
      leaseMs,
      limits,
      checkpoints,
      onFault: (error) => this.#stop(error),
    });
    const facade = new GroupFacade(runtime, platform.clock, (closing) => {
      this.#groups.delete(slot);
      this.#runtimes.delete(runtime);
      this.#clusters.closed(slot);
      this.#line = Promise.allSettled([this.#line, closing]);
    });
    this.#runtimes.add(runtime);
    this.#clusters.opened(slot, runtime);
    try {
      runtime.start(restored);
    } catch (error) {
      await facade.close();
      throw error;
    }
    return facade;
  }

  /** A final fault of one part stops the whole node: its store and its name are shared. */
  #stop(error: SmaltiError): void {
    if (this.#fault !== null || this.#closing !== null) return;
    this.#fault = error;
    for (const runtime of this.#runtimes) runtime.fail(error);
    this.#fail(error);
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  /** All of it is closed, whatever fails: a store that stays open keeps the directory from the next node. */
  async #close(): Promise<void> {
    const { store, transport } = this.#options;
    const failures: unknown[] = [];
    const end = async (close: () => Promise<void>): Promise<void> => {
      await close().catch((error: unknown) => failures.push(error));
    };
    const groups = await Promise.allSettled(this.#groups.values());
    for (const group of groups) if (group.status === 'fulfilled') await end(() => group.value.close());
    await end(() => transport.close());
    await end(
      () =>
        new Promise<void>((resolve, reject) => {
          store.close((error) => (error === null || this.#fault !== null ? resolve() : reject(error)));
        }),
    );
    if (failures.length > 0) throw failures[0];
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }
}
