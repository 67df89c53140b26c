import { execFile } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Cluster } from './cluster.ts';
import type { ClusterNode } from './cluster-node.ts';
import { PROGRAM } from './program.ts';
import { until } from './until.ts';

/** What a command came to. */
export interface Said {
  readonly code: number;
  readonly out: string;
  readonly error: string;
}

/** What `smalti members --json` tells, as far as tests look at it. */
export interface MembersSaid {
  readonly id: string;
  readonly leader: string | null;
  readonly members: readonly {
    readonly id: string;
    readonly incarnation: string;
    readonly role: string;
    readonly preference: string;
  }[];
}

const TOKEN = 'token-of-the-operator';
/** No command takes longer, in milliseconds: it ends by itself long before. */
const LIMIT_MS = 60_000;

/** Writes the token that the nodes of a cluster and their operator share, and gives the flags for the nodes. */
export function tokenFlags(directory: string): string[] {
  const file = join(directory, 'admin.token');
  writeFileSync(file, `${TOKEN}\n`, { mode: 0o600 });
  return ['--admin-token-file', file];
}

/** Somebody who has nothing but the command line. */
export class Operator {
  readonly #cluster: Cluster;

  constructor(cluster: Cluster) {
    this.#cluster = cluster;
  }

  /** Runs a command with these nodes: all that live if nothing is said, and none for an empty list. Never rejects. */
  run(words: readonly string[], nodes: readonly ClusterNode[] = this.#living): Promise<Said> {
    const http = nodes.map((node) => node.http).join(',');
    const args = [PROGRAM, ...words, ...(nodes.length === 0 ? [] : ['--http', http])];
    const env = { ...process.env, SMALTI_TOKEN: TOKEN };
    return new Promise((resolve) => {
      execFile(process.execPath, args, { env, timeout: LIMIT_MS }, (failure, out, error) => {
        const code = failure === null ? 0 : typeof failure.code === 'number' ? failure.code : -1;
        resolve({ code, out, error });
      });
    });
  }

  /** @throws Error unless the command ends with 0. */
  async does(...words: string[]): Promise<string> {
    const { code, out, error } = await this.run(words);
    if (code !== 0) throw new Error(`smalti ${words.join(' ')} ended with ${code}: ${error}`);
    return out;
  }

  async members(): Promise<MembersSaid> {
    return JSON.parse(await this.does('members', '--json')) as MembersSaid;
  }

  /** Resolves when the node that is asked first knows exactly these: `n1 voter, n2 learner`. */
  async sees(roles: string, patienceMs?: number): Promise<MembersSaid> {
    let last = '';
    const probe = async (): Promise<MembersSaid | false> => {
      const said = await this.members();
      last = said.members.map(({ id, role }) => `${id} ${role}`).join(', ');
      if (last !== roles) throw new Error(last);
      return said;
    };
    return until(`members are ${roles}`, probe, patienceMs);
  }

  get #living(): ClusterNode[] {
    return this.#cluster.nodes.filter((node) => node.alive);
  }
}
