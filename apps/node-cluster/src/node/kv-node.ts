import type { Logger, SmaltiError } from '@smalti/core';
import { nodePlatform } from '@smalti/platform-node';
import { autopilot, type Platform, type SmaltiNode } from '@smalti/raft';
import type { NodeSettings } from '../cli/index.ts';
import { HttpServer } from '../http/index.ts';
import { KvMachine } from '../machine/index.ts';
import { DEFAULT_RESP_LIMITS, RespServer } from '../resp/index.ts';
import type { KvGroup, KvService } from '../service/index.ts';
import { VERSION } from '../version.ts';
import { checkDirectory, makeDirectory } from './data-directory.ts';
import { OnlineTracker } from './online-tracker.ts';
import { openNode, openTransport } from './open-node.ts';
import { refuseUnfinished } from './restored-directory.ts';
import { servedCheckpoints } from './served-checkpoints.ts';
import { strategies } from './strategies.ts';
import { WatchedLeases } from './watched-leases.ts';

const DEFAULT_COMMAND_BYTES = 4 * 1024 * 1024;
const DEFAULT_HANDLE_PENDING = 1_024;
const DEFAULT_HANDLE_BYTES = 16 * 1024 * 1024;

/** What a node tells while it runs. */
export interface NodeEvents {
  /** It became, or is no longer, online. */
  online(node: KvNode, online: boolean): void;
}

/** A node of the key-value server: a group's member, with its servers. */
export class KvNode implements KvService {
  node: KvService['node'];
  readonly machine = new KvMachine();
  group: KvGroup | null = null;
  checkpoints: KvService['checkpoints'] = null;
  /** Resolves when the node stopped because of a final fault; never if it is closed before. */
  failed: Promise<SmaltiError> = new Promise(() => {});
  /** Resolves when the group has removed this node: it serves nothing any more, and can be closed. */
  removed: Promise<SmaltiError> = new Promise(() => {});
  #online: OnlineTracker | null = null;
  readonly #closers: (() => Promise<void>)[] = [];

  private constructor(settings: NodeSettings) {
    const { id, listen, resp, http } = settings;
    this.node = { id, version: VERSION, listen, resp, http };
  }

  get online(): boolean {
    return this.#online?.online ?? false;
  }

  /**
   * Starts a node. The ports are taken before anything in the directory is touched. Resolves when its log is open;
   * it may still wait for others.
   *
   * @throws SmaltiError `ADDRESS_IN_USE`, `BAD_OPTION`, `STORAGE_*`. Nothing is left running then.
   */
  static async start(
    settings: NodeSettings,
    keys: readonly Uint8Array[],
    logger: Logger,
    events: NodeEvents,
  ): Promise<KvNode> {
    const node = new KvNode(settings);
    try {
      await node.#start(settings, keys, logger, events);
      return node;
    } catch (error) {
      await node.close().catch(() => {});
      throw error;
    }
  }

  /** Answers what is under way, leaves the group, and lets go of everything. Idempotent. */
  async close(): Promise<void> {
    const failures: unknown[] = [];
    for (let close = this.#closers.pop(); close !== undefined; close = this.#closers.pop()) {
      await close().catch((error: unknown) => failures.push(error));
    }
    if (failures.length > 0) throw failures[0];
  }

  async #start(
    settings: NodeSettings,
    keys: readonly Uint8Array[],
    logger: Logger,
    events: NodeEvents,
  ): Promise<void> {
    await checkDirectory(settings.data);
    await refuseUnfinished(settings.data);
    await this.#serve(settings, logger);
    const platform = nodePlatform({ logger });
    const transport = await openTransport(settings, platform);
    this.#closers.unshift(() => transport.close());
    await makeDirectory(settings.data);
    const { node, checkpoints: store } = await openNode(settings, keys, transport, platform);
    const checkpoints = new WatchedLeases(store, platform.clock);
    // The node closes the transport that it was given.
    this.#closers.shift();
    this.#closers.unshift(() => node.close());
    this.failed = node.failed;
    try {
      await this.#join(node, checkpoints, settings, keys, platform, events);
    } catch (error) {
      // Whoever opened it still has it, since there is no group to close it.
      await new Promise<void>((resolve) => checkpoints.close(() => resolve()));
      throw error;
    }
  }

  /** Servers end before the node does: what they were asked is answered by it. */
  async #serve(settings: NodeSettings, logger: Logger): Promise<void> {
    const { maxCommandBytes = DEFAULT_COMMAND_BYTES } = settings.limits;
    const { maxHandlePending = DEFAULT_HANDLE_PENDING, maxHandleBytes = DEFAULT_HANDLE_BYTES } =
      settings.limits;
    const { maxRespConnections, maxHttpConnections, ...outstanding } = settings.servers;
    const { maxOutstanding, maxOutstandingBytes } = { ...DEFAULT_RESP_LIMITS, ...outstanding };
    const resp = new RespServer(this, {
      // A connection that has used its handle's credit is not read from: it waits, and is not refused.
      maxOutstanding: Math.min(maxOutstanding, maxHandlePending),
      maxOutstandingBytes: Math.min(maxOutstandingBytes, Math.ceil(maxHandleBytes / 2)),
      maxBulkBytes: maxCommandBytes,
      ...(maxRespConnections === undefined ? {} : { maxConnections: maxRespConnections }),
    });
    this.node = { ...this.node, resp: withPort(settings.resp, await resp.listen(settings.resp)) };
    this.#closers.push(() => resp.close());
    const http = new HttpServer(this, logger, {
      maxValueBytes: maxCommandBytes,
      adminToken: settings.adminToken,
      ...(maxHttpConnections === undefined ? {} : { maxConnections: maxHttpConnections }),
    });
    this.node = { ...this.node, http: withPort(settings.http, await http.listen(settings.http)) };
    this.#closers.push(() => http.close());
  }

  async #join(
    node: SmaltiNode,
    store: WatchedLeases,
    settings: NodeSettings,
    keys: readonly Uint8Array[],
    platform: Platform,
    events: NodeEvents,
  ): Promise<void> {
    const { id: self, bootstrap, join, preference, cluster, group: id, timing, limits } = settings;
    // Who founds a group and names nobody is its only member.
    const alone = bootstrap && Object.keys(settings.peers).length === 0;
    const peers = alone ? { [self]: settings.advertise ?? settings.listen } : settings.peers;
    const policy = settings.policy === 'none' ? null : autopilot(settings.autopilot);
    const named = { ...(cluster === null ? {} : { cluster }), ...(id === null ? {} : { group: id }) };
    const group = await node.join({
      keys,
      machine: this.machine,
      sync: strategies(settings.sync),
      peers,
      bootstrap,
      join,
      preference,
      policy,
      ...named,
      timing,
      limits,
      checkpoints: { ...settings.checkpoints, store },
    });
    this.group = group;
    this.checkpoints = servedCheckpoints(group, store, platform);
    this.#online = new OnlineTracker(group, (online) => events.online(this, online));
    this.removed = this.#online.removed;
  }
}

function withPort(address: string, port: number): string {
  return `${address.slice(0, address.lastIndexOf(':'))}:${port}`;
}
