import { Framer, readFrames, toClusterId } from '@smalti/core';
import { type LogReplayOptions, logReplay } from '@smalti/log-replay';
import type { SyncStatus } from '@smalti/raft';
import { Liar } from '@smalti/seeds/liar';
import { simHasher } from '@smalti/simulator';
import { Clients } from './clients.ts';
import { LedgerMachine } from './ledger.ts';
import { type Member, SimCluster, type SimClusterOptions } from './sim-cluster.ts';
import { type Sent, WireTap } from './wire-tap.ts';

export type LedgerMember = Member<number, void, number, LedgerMachine>;

type Options = Partial<SimClusterOptions<LedgerMachine>> & {
  readonly seed: number;
  readonly replay?: LogReplayOptions;
};

/** Quick elections, so that leaders can change often. */
const TIMING = { heartbeatMs: 50, electionMinMs: 250, electionMaxMs: 500 };
const WINDOW_BYTES = 4000;

const codec = logReplay().messages(1);

/** A cluster that keeps books, on slow lines, of whose providers each can be told to lie. */
export class LedgerCluster extends SimCluster<number, void, number, LedgerMachine> {
  readonly liars: Map<string, Liar>;
  readonly tap: WireTap;
  /** Entries that were sent to each node in answer to what it asked. */
  readonly served = new Map<string, number>();
  /** A number below all that clients use. */
  #next = -1;

  constructor(options: Options) {
    const { seed, replay = { batchEntries: 10, requestsPerPeer: 1 }, ...rest } = options;
    const liars = new Map<string, Liar>();
    const taps: WireTap[] = [];
    super({
      size: 5,
      machine: () => new LedgerMachine(),
      sync: (id) => {
        const liar = liars.get(id) ?? new Liar();
        liars.set(id, liar);
        return [liar.of(logReplay(replay))];
      },
      ...rest,
      tap: (transport, id) => taps[0]?.wrap(transport, id) ?? transport,
      join: { timing: TIMING, limits: { windowBytes: WINDOW_BYTES }, ...rest.join },
      simulation: {
        seed,
        ...rest.simulation,
        network: { delay: [0.5, 2], bytesPerMs: 20, detectionMs: 200, ...rest.simulation?.network },
      },
    });
    this.liars = liars;
    const windowBytes = rest.join?.limits?.windowBytes ?? WINDOW_BYTES;
    this.tap = new WireTap({ windowBytes, now: () => this.sim.now });
    this.tap.listen((sent) => this.#count(sent));
    taps.push(this.tap);
  }

  #count({ to, body }: Sent): void {
    if (body.type !== 'sync') return;
    const message = codec.decode(body.bytes);
    if (message.type !== 'run') return;
    this.served.set(to, (this.served.get(to) ?? 0) + readFrames(message.frames).length);
  }

  liar(id: string): Liar {
    const liar = this.liars.get(id);
    if (liar === undefined) throw new Error(`${id} never began`);
    liar.framer = new Framer(toClusterId(this.member(id).group.status().cluster ?? ''), simHasher);
    return liar;
  }

  sync(id: string): SyncStatus['totals'] {
    return this.member(id).group.status().sync?.totals ?? NONE;
  }

  async grow(count: number): Promise<void> {
    const leader = await this.untilLeader();
    for (let done = 0; done < count; done += 50) {
      const calls = Array.from({ length: Math.min(50, count - done) }, () => {
        this.#next -= 1;
        return leader.group.execute(this.#next, { timeoutMs: 60_000 });
      });
      await this.sim.complete(Promise.all(calls));
    }
  }

  clients(count = 3): Clients {
    return new Clients(this, { clients: count, pauseMs: 60 });
  }

  /** What is wrong with the nodes that run, if anything. */
  problems(): string[] {
    const [first, ...others] = this.running;
    const problems = [...this.members.values()].flatMap(({ id, faults }) =>
      faults.map((fault) => `${id}: ${fault}`),
    );
    for (const { id, machine } of others) {
      if (JSON.stringify(machine.entries) !== JSON.stringify(first?.machine.entries)) {
        problems.push(`${id} has ${machine.entries.length} entries, and ${first?.id} others`);
      }
    }
    return problems;
  }
}

const NONE: SyncStatus['totals'] = {
  sessions: 0,
  done: 0,
  failed: 0,
  entries: 0,
  bySource: {},
  buffered: 0,
  dropped: 0,
};
