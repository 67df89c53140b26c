import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePorts, until } from '../catch-up/child.ts';
import { Peer } from './peer.ts';
import type { PeerOptions } from './peer-options.ts';

const MIB = 1024 * 1024;
/** As fast as it goes, where cutting is not what is measured. */
export const FAST_CUTTING = {
  everyMs: 86_400_000,
  everyBytes: 2 ** 40,
  everyEntries: 2 ** 40,
  keepBytes: 0,
  cutBytesPerSecond: 2 ** 40,
  // A machine that is busy with something else takes as long as it takes.
  abandonMs: 86_400_000,
};
export const PATIENCE_MS = 600_000;

export type PeerSettings = Partial<
  Pick<PeerOptions, 'checkpoints' | 'sync' | 'limits' | 'timing' | 'autopilot'>
>;

/** Nodes on this machine, each a process, with write-ahead logs and checkpoints on its disk and WebSockets between. */
export class Peers {
  readonly directory = mkdtempSync(join(process.env.SMALTI_BENCH_DIR ?? tmpdir(), 'smalti-bench-'));
  readonly members: Peer[] = [];
  readonly #settings: Required<PeerSettings>;

  private constructor(settings: PeerSettings) {
    const timing = { heartbeatMs: 100 };
    this.#settings = {
      checkpoints: FAST_CUTTING,
      sync: {},
      limits: {},
      timing,
      autopilot: false,
      ...settings,
    };
  }

  /** So many voters of a new group. */
  static async start(count: number, settings: PeerSettings = {}): Promise<Peers> {
    const peers = new Peers(settings);
    const ports = await freePorts(count);
    const named = Object.fromEntries(ports.map((port, i) => [`n${i + 1}`, `127.0.0.1:${port}`]));
    for (const [i, port] of ports.entries()) peers.#launch(`n${i + 1}`, port, named, i === 0, []);
    await peers.leader();
    return peers;
  }

  /** A node that begins with nothing. */
  async join(id: string): Promise<Peer> {
    const [port = 0] = await freePorts(1);
    return this.#launch(
      id,
      port,
      {},
      false,
      this.members.map(({ address }) => address),
    );
  }

  /** It has been killed: nobody waits for it until it comes again. */
  leave(peer: Peer): void {
    this.members.splice(this.members.indexOf(peer), 1);
  }

  /** A node that has left, in a new process. */
  again(peer: Peer): Peer {
    const next = new Peer({ ...peer.options, bootstrap: false });
    this.members.push(next);
    return next;
  }

  /** Whoever leads, when somebody does and all of the members know it. */
  async leader(): Promise<Peer> {
    let found: Peer | undefined;
    await until(
      'a leader',
      async () => {
        const all = await Promise.all(this.members.map((peer) => peer.ask('status')));
        const [{ leader } = { leader: null }] = all;
        found = this.members.find(({ options }) => options.id === leader);
        return found !== undefined && all.every((each) => each.leader === leader);
      },
      20,
      PATIENCE_MS,
    );
    return found as Peer;
  }

  /**
   * Takes two checkpoints, since logs go back to the one before the newest, and waits until the logs of all members begin
   * after the first. Gives the bytes of one.
   */
  async checkpoint(): Promise<number> {
    const leader = await this.leader();
    const index = await leader.ask('take');
    // There is no second one while nothing was committed since.
    await leader.ask('touch');
    await leader.ask('take');
    for (const peer of this.members) {
      await until(
        `${peer.options.id} has cut its log`,
        async () => (await peer.ask('status')).first > index,
        20,
        PATIENCE_MS,
      );
    }
    return (await leader.ask('status')).kept.at(-1)?.bytes ?? Number.NaN;
  }

  /** How long it takes until that node has applied what the leader has committed now, in milliseconds. */
  async caughtUp(peer: Peer, everyMs = 5): Promise<number> {
    const began = performance.now();
    const target = await (await this.others(peer)).ask('applied');
    await until(
      `${peer.options.id} catches up`,
      async () => (await peer.ask('applied')) >= target,
      everyMs,
      PATIENCE_MS,
    );
    return performance.now() - began;
  }

  async close(): Promise<void> {
    for (const peer of this.members) await peer.kill();
    rmSync(this.directory, { recursive: true });
  }

  /** The leader, as far as the members other than that one know. */
  async others(peer: Peer): Promise<Peer> {
    const other = this.members.find((each) => each !== peer);
    const leader = (await other?.ask('status'))?.leader;
    return this.members.find(({ options }) => options.id === leader) ?? (other as Peer);
  }

  #launch(
    id: string,
    port: number,
    peers: Readonly<Record<string, string>>,
    bootstrap: boolean,
    join_: readonly string[],
  ): Peer {
    const directory = join(this.directory, id);
    const peer = new Peer({ ...this.#settings, id, port, directory, peers, bootstrap, join: join_ });
    this.members.push(peer);
    return peer;
  }
}

export function mib(bytes: number): string {
  return `${(bytes / MIB).toFixed(1)} MiB`;
}

export function print(line: string): void {
  process.stdout.write(`${line}\n`);
}
