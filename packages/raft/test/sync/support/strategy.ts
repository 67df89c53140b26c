import {
  type AnyStateMachine,
  type Codec,
  type Cursor,
  type Entry,
  type Index,
  type StateSync,
  type SyncContext,
  type SyncProvider,
  type SyncProviderContext,
  type SyncSession,
  type SyncSessionContext,
  textCodec,
} from '@smalti/core';

export type Machine = AnyStateMachine;
export type ProviderCx = SyncProviderContext<Machine, string>;
export type SessionCx = SyncSessionContext<Machine, string>;
export type Provider = SyncProvider<Machine, string>;
export type Session = SyncSession<Machine, string>;

/** What a test's strategy does; what is left out takes nothing, wants nothing and waits. */
export interface Script {
  readonly versions?: { readonly min: number; readonly max: number };
  readonly createProvider?: (cx: SyncContext<Machine, string>) => void;
  readonly provider?: Partial<Provider>;
  readonly createSession?: (
    cx: SessionCx,
    position: Cursor,
    commit: Index,
    entries: readonly Entry[],
  ) => void;
  readonly session?: Partial<Session>;
}

const DESCRIPTOR = { version: '1.0.0', contract: 'state-sync', contractVersion: 1 } as const;

/** `1:hello`: the version is part of each message, so that mixing them up shows. */
export function messages(version: number): Codec<string> {
  return {
    encode: (text) => textCodec.encode(`${version}:${text}`),
    decode: (bytes) => {
      const text = textCodec.decode(bytes);
      if (!text.startsWith(`${version}:`)) throw new RangeError(`not of version ${version}`);
      return text.slice(text.indexOf(':') + 1);
    },
  };
}

/** A strategy that does what its script says, writes down every call, and notices calls that overlap. */
export class Scripted implements StateSync<Machine, string> {
  readonly descriptor;
  readonly name: string;
  readonly wireVersions;
  readonly signature: string;
  readonly calls: string[] = [];
  /** Calls that came while another was under way. */
  readonly overlaps: string[] = [];
  readonly contexts: SessionCx[] = [];
  providerCx: ProviderCx | null = null;
  readonly #script: Script;
  readonly #stack: string[];

  /** Strategies that share `stack` must not be called within each other's calls either. */
  constructor(name: string, script: Script = {}, stack: string[] = []) {
    this.name = name;
    this.descriptor = { name: `test-${name}`, ...DESCRIPTOR };
    this.wireVersions = script.versions ?? { min: 1, max: 1 };
    this.signature = `test/${name}/1`;
    this.#script = script;
    this.#stack = stack;
  }

  messages(version: number): Codec<string> {
    this.calls.push(`messages ${version}`);
    return messages(version);
  }

  createProvider(cx: SyncContext<Machine, string>): Provider {
    this.providerCx = cx as ProviderCx;
    return this.#call('createProvider', () => {
      this.#script.createProvider?.(cx);
      return this.#watched('provider', { receive: () => false, ...this.#script.provider });
    });
  }

  createSession(cx: SessionCx, position: Cursor, commit: Index, entries: readonly Entry[]): Session {
    const number = this.contexts.push(cx);
    return this.#call(`createSession ${number}`, () => {
      this.#script.createSession?.(cx, position, commit, entries);
      const session = {
        poll: () => 'pending' as const,
        receive: () => {},
        close: () => {},
        ...this.#script.session,
      };
      return this.#watched(`session ${number}`, session);
    });
  }

  count(call: string): number {
    return this.calls.filter((name) => name === call).length;
  }

  /** The newest session's context. */
  get cx(): SessionCx {
    const cx = this.contexts.at(-1);
    if (cx === undefined) throw new Error(`no session of ${this.name}`);
    return cx;
  }

  #watched<T extends object>(who: string, target: T): T {
    const watched: Record<string, unknown> = {};
    for (const [key, method] of Object.entries(target)) {
      const run = method as (...args: unknown[]) => unknown;
      watched[key] = (...args: unknown[]) => this.#call(`${who} ${key}`, () => run.apply(target, args));
    }
    return watched as T;
  }

  #call<T>(name: string, work: () => T): T {
    this.calls.push(name);
    if (this.#stack.length > 0) this.overlaps.push(`${name} within ${this.#stack.join(', ')}`);
    this.#stack.push(`${this.name} ${name}`);
    try {
      return work();
    } finally {
      this.#stack.pop();
    }
  }
}
