import { spawnSync } from 'node:child_process';

const PREFIX = 'smalti';
const living = new Set<Namespaces>();
process.once('exit', () => {
  for (const each of living) each[Symbol.dispose]();
});

/** True if this process may make network namespaces: that takes Linux, iproute2 and root. */
export function canMakeNamespaces(): boolean {
  return process.platform === 'linux' && process.getuid?.() === 0 && !failed('netns', 'list');
}

/**
 * Network namespaces on one bridge, each with one address; this process reaches all of them through the bridge. What
 * is cut is dropped without a word, as a broken line does it: nobody gets a reset.
 */
export class Namespaces implements Disposable {
  readonly #count: number;
  readonly #tag: string;
  readonly #net: string;

  constructor(count: number) {
    removeOrphans();
    this.#count = count;
    this.#net = freeNet();
    this.#tag = `${process.pid}-${this.#net.split('.')[2]}`;
    living.add(this);
    try {
      this.#make();
    } catch (error) {
      this[Symbol.dispose]();
      throw error;
    }
  }

  /** The name of the namespace number i, from 0. */
  name(i: number): string {
    return `${PREFIX}-${this.#tag}-${i}`;
  }

  address(i: number): string {
    return `${this.#net}.${i + 1}`;
  }

  /** Nothing that `from` sends reaches `to`; the other way is as it was. */
  cut(from: number, to: number): void {
    ip('-n', this.name(from), 'route', 'replace', 'blackhole', `${this.address(to)}/32`);
  }

  /** What `from` sends reaches `to` again. It must have been cut. */
  join(from: number, to: number): void {
    ip('-n', this.name(from), 'route', 'del', 'blackhole', `${this.address(to)}/32`);
  }

  /** Everything reaches everyone again. */
  heal(): void {
    for (let i = 0; i < this.#count; i++) {
      ip('-n', this.name(i), 'route', 'flush', 'type', 'blackhole');
    }
  }

  #make(): void {
    const bridge = this.#bridge;
    ip('link', 'add', bridge, 'type', 'bridge');
    ip('addr', 'add', `${this.#net}.254/24`, 'dev', bridge);
    ip('link', 'set', bridge, 'up');
    for (let i = 0; i < this.#count; i++) {
      const name = this.name(i);
      const veth = `sv${this.#tag}.${i}`;
      ip('netns', 'add', name);
      ip('link', 'add', veth, 'type', 'veth', 'peer', 'name', 'eth0', 'netns', name);
      ip('link', 'set', veth, 'master', bridge, 'up');
      ip('-n', name, 'addr', 'add', `${this.address(i)}/24`, 'dev', 'eth0');
      ip('-n', name, 'link', 'set', 'eth0', 'up');
      ip('-n', name, 'link', 'set', 'lo', 'up');
    }
  }

  /** Fifteen characters at most. */
  get #bridge(): string {
    return `sb${this.#tag}`;
  }

  [Symbol.dispose](): void {
    living.delete(this);
    for (let i = 0; i < this.#count; i++) failed('netns', 'del', this.name(i));
    failed('link', 'del', this.#bridge);
  }
}

/** What a process left that could not clean up any more. */
function removeOrphans(): void {
  const listed = (...args: string[]): string[] =>
    (spawnSync('ip', args, { encoding: 'utf8' }).stdout ?? '').split('\n');
  for (const line of listed('netns', 'list')) {
    const [, name = '', pid] = /^(smalti-(\d+)-\d+-\d+)/.exec(line) ?? [];
    if (pid !== undefined && !runs(Number(pid))) failed('netns', 'del', name);
  }
  for (const line of listed('-o', 'link', 'show', 'type', 'bridge')) {
    const [, name = '', pid] = /^\d+: (sb(\d+)-\d+):/.exec(line) ?? [];
    if (pid !== undefined && !runs(Number(pid))) failed('link', 'del', name);
  }
}

function runs(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/** Three numbers of a network that this machine has no address in. */
function freeNet(): string {
  const taken = spawnSync('ip', ['-o', '-4', 'addr'], { encoding: 'utf8' }).stdout;
  for (;;) {
    const net = `10.213.${Math.floor(Math.random() * 256)}`;
    if (!taken.includes(`${net}.`)) return net;
  }
}

function failed(...args: string[]): boolean {
  return spawnSync('ip', args, { stdio: 'ignore' }).status !== 0;
}

function ip(...args: string[]): void {
  const { status, stderr } = spawnSync('ip', args, { encoding: 'utf8' });
  if (status !== 0) throw new Error(`ip ${args.join(' ')}: ${stderr.trim()}`);
}
