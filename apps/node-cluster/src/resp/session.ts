import type { KvHandle, KvService } from '../service/index.ts';
import type { Protocol } from './reply.ts';
import type { ScanCursors } from './scan-cursors.ts';
import { WeakReads } from './weak-reads.ts';

/** What a connection remembers between commands. */
export class RespSession {
  /** Counts connections of this process, from 1. */
  readonly id: number;
  readonly service: KvService;
  readonly server: ServerFacts;
  protocol: Protocol = 2;
  /** As `CLIENT SETNAME` set it; empty if it did not. */
  name = '';
  /** True between `READONLY` and `READWRITE`: reads ask this node alone. */
  readonly = false;
  readonly weakReads = new WeakReads();
  #handle: KvHandle | null = null;

  constructor(id: number, service: KvService, server: ServerFacts) {
    this.id = id;
    this.service = service;
    this.server = server;
  }

  /** Keeps the order of this connection's commands. Null while there is no group. */
  get handle(): KvHandle | null {
    this.#handle ??= this.service.group?.handle() ?? null;
    return this.#handle;
  }

  /** The connection has ended. What it asked for goes on. */
  end(): void {
    // Without a group there is nobody who would have to know.
    this.#handle?.close().catch(() => {});
    this.#handle = null;
  }
}

/** What connections share: what the server knows of itself, and what it remembers for them. */
export interface ServerFacts {
  readonly startedAt: number;
  readonly connections: number;
  readonly maxConnections: number;
  readonly totalConnections: number;
  readonly totalCommands: number;
  readonly maxReplyBytes: number;
  readonly cursors: ScanCursors;
}
