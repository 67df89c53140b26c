import type { KvCommand, KvInteger, KvQuery, KvResult } from '../../src/machine/index.ts';

interface Kept {
  readonly value: string;
  readonly at: bigint | null;
}

/** What the machine should do, as plainly as it can be said: every number is a bigint, every look is at all keys. */
export class KvModel {
  readonly items = new Map<string, Kept>();
  time = 0;

  apply(command: KvCommand): KvResult {
    this.#expire();
    switch (command.op) {
      case 'set':
        return this.#set(command);
      case 'mset':
        for (const [key, value] of command.items) this.items.set(key, { value, at: null });
        return { kind: 'ok' };
      case 'del':
        return { kind: 'integer', value: command.keys.filter((key) => this.items.delete(key)).length };
      case 'incrby':
        return this.#increment(command.key, BigInt(command.delta));
      case 'append': {
        const before = this.items.get(command.key);
        const value = (before?.value ?? '') + command.value;
        this.items.set(command.key, { value, at: before?.at ?? null });
        return { kind: 'integer', value: value.length };
      }
      case 'expire':
        return this.#expireAt(command.key, BigInt(this.time) + BigInt(command.in), command.when);
      case 'persist': {
        const before = this.items.get(command.key);
        if (before === undefined || before.at === null) return { kind: 'integer', value: 0 };
        this.items.set(command.key, { ...before, at: null });
        return { kind: 'integer', value: 1 };
      }
      case 'flushall':
        this.items.clear();
        return { kind: 'ok' };
    }
  }

  query(query: Extract<KvQuery, { key: string }>): KvResult {
    const found = this.items.get(query.key);
    if (query.op === 'strlen') return { kind: 'integer', value: found?.value.length ?? 0 };
    if (found === undefined) return { kind: 'value', value: null };
    if (query.op === 'get') return { kind: 'value', value: found.value };
    return { kind: 'expiry', at: found.at === null ? null : compact(found.at), time: this.time };
  }

  sorted(): [string, string][] {
    const all = [...this.items].map(([key, { value }]): [string, string] => [key, value]);
    return all.sort(([a], [b]) => Buffer.compare(Buffer.from(a, 'latin1'), Buffer.from(b, 'latin1')));
  }

  #expire(): void {
    for (const [key, { at }] of this.items) if (at !== null && at <= this.time) this.items.delete(key);
  }

  #set({ key, value, when, expiry, get }: Extract<KvCommand, { op: 'set' }>): KvResult {
    const before = this.items.get(key);
    let at: bigint | null = null;
    if (expiry === 'keep') at = before?.at ?? null;
    else if (expiry !== 'never') at = BigInt(this.time) + BigInt(expiry);
    if (at !== null && !fits(at)) return { kind: 'error', message: 'ERR invalid expire time' };
    const done = when === 'always' || (when === 'nx' ? before === undefined : before !== undefined);
    if (done) this.items.set(key, { value, at });
    if (get) return { kind: 'value', value: before?.value ?? null };
    return done ? { kind: 'ok' } : { kind: 'value', value: null };
  }

  #increment(key: string, delta: bigint): KvResult {
    const before = this.items.get(key) ?? { value: '0', at: null };
    const canonical = /^-?\d+$/.test(before.value) && String(BigInt(before.value)) === before.value;
    if (!canonical || !fits(BigInt(before.value))) {
      return { kind: 'error', message: 'ERR value is not an integer or out of range' };
    }
    const after = BigInt(before.value) + delta;
    if (!fits(after)) return { kind: 'error', message: 'ERR increment or decrement would overflow' };
    this.items.set(key, { ...before, value: String(after) });
    return { kind: 'integer', value: compact(after) };
  }

  #expireAt(key: string, at: bigint, when: string): KvResult {
    if (!fits(at)) return { kind: 'error', message: 'ERR invalid expire time' };
    const before = this.items.get(key);
    const had = before?.at ?? null;
    const wrong =
      before === undefined ||
      (when === 'nx' && had !== null) ||
      (when.includes('xx') && had === null) ||
      (when.includes('gt') && (had === null || at <= had)) ||
      (when.includes('lt') && had !== null && at >= had);
    if (wrong) return { kind: 'integer', value: 0 };
    this.items.set(key, { ...before, at });
    this.#expire();
    return { kind: 'integer', value: 1 };
  }
}

function fits(value: bigint): boolean {
  return BigInt.asIntN(64, value) === value;
}

function compact(value: bigint): KvInteger {
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : value;
}
