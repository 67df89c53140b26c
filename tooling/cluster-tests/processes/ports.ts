import { createServer } from 'node:net';

/** Ports that the system gives to nobody by itself, and that no other test uses. */
const LOWEST = 10_000;
const HIGHEST = 18_000;
const given = new Set<number>();

export async function isFree(port: number): Promise<boolean> {
  const server = createServer();
  return new Promise((resolve) => {
    server.once('error', () => resolve(false));
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
  });
}

function anyPort(): number {
  return LOWEST + Math.floor(Math.random() * (HIGHEST - LOWEST));
}

/** Ports on which nobody listens now. They can be listened at again after a crash, so they are not the system's choice. */
export async function freePorts(count: number): Promise<number[]> {
  const ports: number[] = [];
  while (ports.length < count) {
    const port = anyPort();
    if (given.has(port) || !(await isFree(port))) continue;
    given.add(port);
    ports.push(port);
  }
  return ports;
}

/** A port B such that B+i, B+1000+i and B+2000+i are free, i from 1. */
export async function freeBase(nodes: number): Promise<number> {
  for (;;) {
    const base = anyPort();
    const wanted = [0, 1_000, 2_000].flatMap((offset) =>
      Array.from({ length: nodes }, (_, i) => base + offset + i + 1),
    );
    const free = await Promise.all(wanted.map(isFree));
    if (free.every((each) => each)) return base;
  }
}
