import { join } from 'node:path';

const HOST = '127.0.0.1';

/** Where one node of a started group lives. */
export interface NodePlace {
  readonly id: string;
  readonly resp: string;
  readonly http: string;
  readonly listen: string;
  readonly data: string;
  readonly log: string;
}

/** Where everything of a started group is. */
export interface Layout {
  readonly directory: string;
  readonly marker: string;
  readonly keyFile: string;
  /** What lets one change the members over HTTP. */
  readonly tokenFile: string;
  readonly lock: string;
  readonly nodes: readonly NodePlace[];
}

/** Files in the directory besides those of the nodes. */
export const FileName = Object.freeze({
  marker: 'cluster.json',
  key: 'group.key',
  token: 'admin.token',
  lock: 'start.lock',
});

/** Redis protocol on base + i, HTTP on base + 1000 + i, the group's WebSocket on base + 2000 + i, i from 1. */
export function layoutOf(data: string, nodes: number, basePort: number): Layout {
  return {
    directory: data,
    marker: join(data, FileName.marker),
    keyFile: join(data, FileName.key),
    tokenFile: join(data, FileName.token),
    lock: FileName.lock,
    nodes: Array.from({ length: nodes }, (_, at) => {
      const id = nodeId(at + 1);
      const port = basePort + at + 1;
      return {
        id,
        resp: `${HOST}:${port}`,
        http: `${HOST}:${port + 1_000}`,
        listen: `${HOST}:${port + 2_000}`,
        data: join(data, id),
        log: join(data, logName(id)),
      };
    }),
  };
}

/** The id of node number i, from 1; its directory has the same name. */
export function nodeId(i: number): string {
  return `n${i}`;
}

/** The name of a node's log file. */
export function logName(id: string): string {
  return `${id}.log`;
}
