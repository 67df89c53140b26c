import type { RespSession } from '../session.ts';

/** The version of Redis whose protocol and words this server follows: clients choose by it what they send. */
export const REDIS_VERSION = '7.2.0';

type Section = (session: RespSession) => Readonly<Record<string, string | number>>;

const SECTIONS: Readonly<Record<string, Section>> = {
  Server: ({ service, server }) => ({
    redis_version: REDIS_VERSION,
    redis_mode: 'standalone',
    smalti_version: service.node.version,
    smalti_node: service.node.id,
    os: `${process.platform} ${process.arch}`,
    arch_bits: 64,
    node_version: process.versions.node,
    process_id: process.pid,
    tcp_port: portOf(service.node.resp),
    uptime_in_seconds: Math.floor((performance.now() - server.startedAt) / 1_000),
  }),
  Clients: ({ server }) => ({
    connected_clients: server.connections,
    maxclients: server.maxConnections,
  }),
  Memory: () => {
    const memory = process.memoryUsage();
    return { used_memory: memory.heapUsed + memory.external, used_memory_rss: memory.rss };
  },
  Persistence: ({ service }) => ({ loading: service.group === null ? 1 : 0, aof_enabled: 1 }),
  Stats: ({ server }) => ({
    total_connections_received: server.totalConnections,
    total_commands_processed: server.totalCommands,
  }),
  // Every node takes writes and gives linearizable reads: to a client each one is a master.
  Replication: ({ service }) => {
    const status = service.group?.status();
    return {
      role: 'master',
      connected_slaves: 0,
      ...(status === undefined
        ? {}
        : {
            smalti_role: status.role,
            smalti_leader: status.leader ?? '',
            smalti_term: status.term,
            smalti_committed: status.committed.index,
            smalti_applied: status.applied.index,
          }),
    };
  },
  Keyspace: ({ service }): Record<string, string> => {
    const { size, expiring } = service.machine;
    return size === 0 ? {} : { db0: `keys=${size},expires=${expiring},avg_ttl=0` };
  },
};

/** The text of `INFO`; of all sections if none is named. */
export function infoText(session: RespSession, names: readonly string[]): string {
  const wanted = new Set(names.map((name) => name.toLowerCase()));
  const all = names.length === 0 || ['all', 'default', 'everything'].some((name) => wanted.has(name));
  const parts: string[] = [];
  for (const [title, section] of Object.entries(SECTIONS)) {
    if (!all && !wanted.has(title.toLowerCase())) continue;
    const lines = Object.entries(section(session)).map(([name, value]) => `${name}:${value}\r\n`);
    parts.push(`# ${title}\r\n${lines.join('')}`);
  }
  return parts.join('\r\n');
}

function portOf(address: string): string {
  return address.slice(address.lastIndexOf(':') + 1);
}
