import { createHash } from 'node:crypto';
import * as fs from 'node:fs';
import { connect, createServer, type Server } from 'node:net';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { type DiskCallback, DiskError, type DiskLock } from '@smalti/core';
import { toDiskError } from './disk-errors.ts';

/*
 * Node.js has no flock. What a process holds exactly as long as it lives, however it ends, is a socket that it
 * listens on. Its name is made of device and inode of the folder, so that every path to the folder gives the same:
 * - Linux: a name in the abstract namespace, which belongs to no file system: to listen is to hold the lock;
 * - Windows: a named pipe, likewise;
 * - elsewhere: a socket file, which outlives its process; one that nobody answers on is removed.
 * A file beside it says who holds it. It is for messages only: it is believed when the lock is held.
 *
 * Abstract names are those of a network namespace: containers with networks of their own that share a volume do not
 * see each other's locks.
 */

/** How long the owner of a socket file has to answer. */
const PROBE_MS = 1000;

/** Takes the lock of that name in a folder. Fails with `locked`, naming the process that holds it. */
export function lockDirectory(folder: string, name: string, done: DiskCallback<DiskLock>): void {
  const file = join(folder, name);
  const failed = (error: DiskError): void => done(error, undefined as unknown as DiskLock);
  fs.stat(folder, { bigint: true }, (error, stats) => {
    if (error !== null) {
      failed(toDiskError(error, name));
      return;
    }
    const key = createHash('sha256').update(`${stats.dev}:${stats.ino}:${name}`).digest('hex').slice(0, 32);
    listen(addressOf(key), true, (listenError, server) => {
      if (listenError !== null)
        fs.readFile(file, 'utf8', (_, holder) => failed(held(listenError, name, holder)));
      else noteHolder(server, file, name, done);
    });
  });
}

function addressOf(key: string): string {
  if (process.platform === 'linux') return `\0smalti-${key}`;
  if (process.platform === 'win32') return `\\\\.\\pipe\\smalti-${key}`;
  return join(tmpdir(), `smalti-${key}.sock`);
}

function listen(
  address: string,
  mayRemove: boolean,
  done: (error: NodeJS.ErrnoException | null, server: Server) => void,
): void {
  const server = createServer((socket) => socket.destroy());
  server.once('error', (error: NodeJS.ErrnoException) => {
    const isFile = !address.startsWith('\0') && process.platform !== 'win32';
    if (error.code !== 'EADDRINUSE' || !isFile || !mayRemove) {
      done(error, server);
      return;
    }
    probe(address, (alive) => {
      if (alive) done(error, server);
      else fs.unlink(address, () => listen(address, false, done));
    });
  });
  // Exclusive: a worker of node:cluster would otherwise share its siblings' socket.
  server.listen({ path: address, exclusive: true }, () => {
    server.removeAllListeners('error');
    server.on('error', () => {});
    server.unref();
    done(null, server);
  });
}

function probe(address: string, done: (alive: boolean) => void): void {
  const socket = connect(address);
  const answer = (alive: boolean): void => {
    socket.removeAllListeners();
    socket.on('error', () => {});
    socket.destroy();
    done(alive);
  };
  socket.setTimeout(PROBE_MS, () => answer(true));
  socket.once('connect', () => answer(true));
  socket.once('error', (error: NodeJS.ErrnoException) => {
    answer(error.code !== 'ECONNREFUSED' && error.code !== 'ENOENT');
  });
}

function noteHolder(server: Server, file: string, name: string, done: DiskCallback<DiskLock>): void {
  fs.writeFile(file, `process ${process.pid} on ${hostname()}\n`, (error) => {
    if (error !== null) {
      server.close(() => done(toDiskError(error, name), undefined as unknown as DiskLock));
      return;
    }
    let released = false;
    done(null, {
      release: (told) => {
        if (released) {
          setImmediate(() => told(null));
          return;
        }
        released = true;
        // The file goes first: afterwards it may be that of the next holder.
        fs.unlink(file, () => server.close(() => told(null)));
      },
    });
  });
}

function held(error: NodeJS.ErrnoException, name: string, holder: string | undefined): DiskError {
  if (error.code !== 'EADDRINUSE') return toDiskError(error, name);
  const who = holder?.trim() || 'a process that does not say who it is';
  return new DiskError('locked', name, `${who} holds it`, error);
}
