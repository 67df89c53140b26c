import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync, statfsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const living = new Set<Tmpfs>();
process.once('exit', () => {
  for (const each of living) each[Symbol.dispose]();
});

/** What the mounts are called, before the number of the process. */
const SOURCE = 'smalti-chaos-';
const BALLAST = 'ballast';
const CHUNK = Buffer.alloc(1024 * 1024, 0x62);

/** A file system of its own for one directory, in memory, that can be filled. */
export class Tmpfs implements Disposable {
  readonly path: string;
  readonly #bytes: number;

  /** @throws Error if this machine cannot mount one. */
  constructor(path: string, bytes: number) {
    this.path = path;
    this.#bytes = bytes;
    removeOrphans();
    mkdirSync(path, { recursive: true, mode: 0o700 });
    run('mount', '-t', 'tmpfs', '-o', `size=${bytes},mode=0700`, `${SOURCE}${process.pid}`, path);
    living.add(this);
  }

  /** Takes every byte that is left. What was allocated already can still be written. */
  fill(): void {
    const { blocks, bfree, bsize } = statfsSync(this.path);
    // The limit comes down to what is used, so that the ballast costs no memory to speak of.
    this.#resize((blocks - bfree) * bsize + CHUNK.length);
    for (const piece of [CHUNK, CHUNK.subarray(0, bsize)]) {
      for (;;) {
        try {
          writeFileSync(join(this.path, BALLAST), piece, { flag: 'a' });
        } catch (error) {
          if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error;
          break;
        }
      }
    }
  }

  /** Gives the room back. */
  free(): void {
    rmSync(join(this.path, BALLAST), { force: true });
    this.#resize(this.#bytes);
  }

  [Symbol.dispose](): void {
    if (!living.delete(this)) return;
    spawnSync('umount', ['-l', this.path], { stdio: 'ignore' });
  }

  #resize(bytes: number): void {
    run('mount', '-o', `remount,size=${bytes}`, this.path);
  }
}

/** What a process left mounted that could not clean up any more. */
function removeOrphans(): void {
  for (const line of readFileSync('/proc/mounts', 'utf8').split('\n')) {
    const [source = '', path = ''] = line.split(' ');
    const pid = source.startsWith(SOURCE) ? source.slice(SOURCE.length) : null;
    if (pid !== null && !existsSync(`/proc/${pid}`)) spawnSync('umount', ['-l', path], { stdio: 'ignore' });
  }
}

function run(command: string, ...args: string[]): void {
  const { status, stderr, error } = spawnSync(command, args, { encoding: 'utf8' });
  if (status !== 0) throw new Error(`${command} ${args.join(' ')}: ${error?.message ?? stderr.trim()}`);
}
