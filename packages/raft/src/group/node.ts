import {
  type BootNonce,
  type ClusterId,
  checkDescriptor,
  deriveGroupId,
  type GroupId,
  type GroupLog,
  type Incarnation,
  type PeerId,
  SmaltiError,
  toClusterId,
  toHex,
  toPeerId,
} from '@smalti/core';
import type { Group, JoinOptions, NodeOptions, SmaltiNode } from './api.ts';
import { limitsOf, timingOf } from './defaults.ts';
import { GroupFacade } from './group.ts';
import { GroupRuntime } from './group-runtime.ts';

const MIN_KEY_BYTES = 16;
const MAX_KEYS = 8;

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

  constructor(options: NodeOptions) {
    this.#options = options;
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
    const groups = this.#idsOf(join);
    const slot = groups.find((id) => this.#options.store.groups.includes(id)) ?? (groups[0] as GroupId);
    const known = groups.map((id) => this.#groups.get(id)).find((group) => group !== undefined);
    if (known !== undefined) return known as Promise<Group<Command, Query, Result>>;
    const opening = this.#open(join, groups, slot);
    this.#groups.set(slot, opening);
    opening.catch(() => this.#groups.delete(slot));
    return opening;
  }

  #idsOf<C, Q, R>(join: JoinOptions<C, Q, R>): GroupId[] {
    const { keys, machine, validators } = join;
    if (keys.length === 0 || keys.length > MAX_KEYS) {
      throw new SmaltiError('BAD_OPTION', `keys has ${keys.length} keys, and must have 1 to ${MAX_KEYS}`);
    }
    return keys.map((key) => {
      if (key.length < MIN_KEY_BYTES) {
        const text = `a group key has ${key.length} bytes, and must have at least ${MIN_KEY_BYTES}: use random ones`;
        throw new SmaltiError('BAD_OPTION', text, { details: { option: 'keys' } });
      }
      const { network, platform } = this.#options;
      const signature = machine.signature;
      return deriveGroupId(platform.hasher, {
        network,
        key,
        machine: signature,
        validators: validators ?? [],
      });
    });
  }

  async #open<C, Q, R>(
    join: JoinOptions<C, Q, R>,
    groups: GroupId[],
    slot: GroupId,
  ): Promise<Group<C, Q, R>> {
    const { network, platform, store, transport } = this.#options;
    const named = namedPeers(join.peers);
    const bootstrap = join.bootstrap ?? false;
    if (bootstrap && !named.has(this.id)) {
      const text = `peers names ${[...named.keys()].join(', ')}, and must name this node, ${this.id}, too to bootstrap`;
      throw new SmaltiError('BAD_OPTION', text, { details: { option: 'peers' } });
    }
    const cluster = clusterOf(join.cluster);
    const timing = timingOf(join.timing);
    const limits = limitsOf(join.limits);
    const log = await new Promise<GroupLog>((resolve, reject) => {
      store.openGroup(slot, (error, opened) => (error === null ? resolve(opened) : reject(error)));
    });
    const runtime = new GroupRuntime<C, Q, R>({
      network,
      identity: store.identity,
      boot: this.boot,
      platform,
      transport,
      log,
      machine: join.machine,
      keys: join.keys,
      groups,
      named,
      bootstrap,
      cluster,
      timing,
      limits,
      onFault: (error) => this.#stop(error),
    });
    const facade = new GroupFacade(runtime, platform.clock, () => {
      this.#groups.delete(slot);
      this.#runtimes.delete(runtime);
    });
    this.#runtimes.add(runtime);
    try {
      runtime.start();
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

  async #close(): Promise<void> {
    const groups = await Promise.allSettled(this.#groups.values());
    for (const group of groups) if (group.status === 'fulfilled') await group.value.close();
    await this.#options.transport.close();
    await new Promise<void>((resolve, reject) => {
      this.#options.store.close((error) =>
        error === null || this.#fault !== null ? resolve() : reject(error),
      );
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }
}

function clusterOf(text: string | undefined): ClusterId | null {
  if (text === undefined) return null;
  try {
    return toClusterId(text);
  } catch (error) {
    throw new SmaltiError('BAD_OPTION', `option cluster: ${(error as Error).message}`, { cause: error });
  }
}

function namedPeers(peers: Readonly<Record<string, string>>): Map<PeerId, string> {
  const named = new Map<PeerId, string>();
  for (const [id, address] of Object.entries(peers)) {
    if (address.length === 0 || address.length > 256) {
      throw new SmaltiError(
        'BAD_OPTION',
        `the address of peer ${id} has ${address.length} characters, and must have 1 to 256`,
      );
    }
    try {
      named.set(toPeerId(id), address);
    } catch (error) {
      throw new SmaltiError('BAD_OPTION', `peers: ${(error as Error).message}`, { cause: error });
    }
  }
  return named;
}
