import { cpSync } from 'node:fs';
import { join } from 'node:path';
import { Cluster, Namespaces, type NodeStatus, until } from '@smalti/cluster-tests/processes';
import { FakeClock, fakeTimeLibrary } from '../machine/fake-clock.ts';
import { Tmpfs } from '../machine/tmpfs.ts';
import type { NemesisName } from '../plan/nemesis-name.ts';
import { Subject } from './subject.ts';

export interface FieldOptions {
  readonly nodes: number;
  readonly nemeses: readonly NemesisName[];
  /** Of the configuration of the nodes. */
  readonly timing: Readonly<Record<string, number>>;
  /** Room for the log of a node whose disk can be full. It is memory only when it is used. */
  readonly diskBytes: number;
}

/** So little is kept in memory for a follower that lags that most have to open a session. */
const LIMITS = Object.freeze({ windowBytes: 128 * 1024 });

/** How long a leader is waited for, in milliseconds: while lines are cut there may be none. */
const LEADER_MS = 3_000;

/** A cluster of real processes, with everything that can be done to them. */
export class Field implements AsyncDisposable {
  readonly cluster: Cluster;
  readonly namespaces: Namespaces;
  readonly subjects: readonly Subject[];
  /** What was wrong, in the order in which it was seen. */
  readonly faults: string[] = [];

  private constructor(
    cluster: Cluster,
    namespaces: Namespaces,
    parts: readonly { readonly tmpfs: Tmpfs | null; readonly clock: FakeClock | null }[],
  ) {
    this.cluster = cluster;
    this.namespaces = namespaces;
    this.subjects = cluster.nodes.map((node, i) => {
      const { tmpfs = null, clock = null } = parts[i] ?? {};
      return new Subject(node, i, { tmpfs, clock }, (what) => this.faults.push(what));
    });
  }

  /** A cluster that is born, and whose nodes are all ready. */
  static async start({ nodes, nemeses, timing, diskBytes }: FieldOptions): Promise<Field> {
    const namespaces = new Namespaces(nodes);
    const library = nemeses.includes('clock') ? fakeTimeLibrary() : null;
    const clocks = new Map<string, FakeClock>();
    const env = (id: string, directory: string): Readonly<Record<string, string>> => {
      if (library === null) return {};
      const clock = new FakeClock(join(directory, `${id}.clock`), library);
      clocks.set(id, clock);
      return clock.env;
    };
    const cluster = await Cluster.plan({ nodes, timing, limits: LIMITS, namespaces, env });
    // The first keeps its log on the disk of the machine: a fast one and a slow one are to get on with each other.
    const parts = cluster.nodes.map(({ id, place }, i) => ({
      tmpfs: nemeses.includes('disk-full') && i > 0 ? new Tmpfs(place.data, diskBytes) : null,
      clock: clocks.get(id) ?? null,
    }));
    const field = new Field(cluster, namespaces, parts);
    try {
      for (const subject of field.subjects)
        subject.launch(false, subject.number === 0 ? ['--bootstrap'] : []);
      await cluster.ready();
      return field;
    } catch (error) {
      await field[Symbol.asyncDispose]();
      throw error;
    }
  }

  get majority(): number {
    return Math.floor(this.subjects.length / 2) + 1;
  }

  /** Who leads; some node, if nobody does for a while. */
  async leader(): Promise<Subject> {
    try {
      const found = await until(
        'one leads',
        async () =>
          (await this.statuses(500))
            .filter(({ role, online }) => role === 'leader' && online)
            .sort((a, b) => b.term - a.term)[0],
        LEADER_MS,
      );
      return this.subjectOf(found.id);
    } catch {
      return this.subjects.find(({ node }) => node.alive) ?? this.subjectOf('n1');
    }
  }

  subjectOf(id: string): Subject {
    const found = this.subjects.find((subject) => subject.id === id);
    if (found === undefined) throw new Error(`there is no ${id}`);
    return found;
  }

  /** Those who are not the leader now. */
  async followers(): Promise<Subject[]> {
    const leader = await this.leader();
    return this.subjects.filter((subject) => subject !== leader);
  }

  /** What the nodes say that answer. */
  async statuses(timeoutMs = 2_000): Promise<NodeStatus[]> {
    const said = await Promise.allSettled(this.cluster.nodes.map((node) => node.status('', timeoutMs)));
    return said.flatMap((each) => (each.status === 'fulfilled' ? [each.value] : []));
  }

  /** Ends all processes. What is kept afterwards is on the disk of the machine. */
  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.subjects.map((subject) => subject.kill()));
    for (const { tmpfs } of this.subjects) {
      if (tmpfs === null) continue;
      if (this.cluster.keep) cpSync(tmpfs.path, `${tmpfs.path}-kept`, { recursive: true });
      tmpfs[Symbol.dispose]();
    }
    await this.cluster[Symbol.asyncDispose]();
    this.namespaces[Symbol.dispose]();
  }
}
