import { type CommandId, cursor, type SmaltiError } from '@smalti/core';
import type { Consistency } from '@smalti/raft';
import { HistoryRecorder, type OperationHandle, SimRandom } from '@smalti/simulator';
import type { KvCommand, KvResult } from '../world/kv-machine.ts';
import type { Member } from '../world/member.ts';
import type { World } from '../world/world.ts';
import { Keys } from './keys.ts';
import type { KvAsked } from './kv-history.ts';

/** How long a call waits for its answer, in milliseconds. */
const TIMEOUT_MS = 1_500;
/** How much longer its client waits for a node that does not even say that. */
const PATIENCE_MS = 500;
const SWEEP_MS = 250;
/** The share of clients that want to know what became of a call whose end was unknown. */
const ASKING = 0.7;

/** A call whose answer is waited for. */
interface Call {
  readonly node: string;
  readonly process: object;
  readonly until: number;
  settled: boolean;
  readonly forget: () => void;
}

type Write = { readonly op: KvCommand['op'] };

/** Clients of a cluster: any number of calls at once, all of which end up in one history. */
export class Clients {
  readonly history: HistoryRecorder<KvAsked, KvResult>;
  readonly random: SimRandom;
  readonly world: World;
  /** Calls that were made, and how they ended. */
  readonly counts = { calls: 0, ok: 0, refused: 0, asked: 0, unknown: 0, reads: 0, weak: 0 };
  /** Changes of the members that were asked for, and how that ended. */
  readonly changes = { asked: 0, made: 0 };
  /** When a write was acknowledged last. */
  acknowledgedAt = Number.NEGATIVE_INFINITY;
  /** The same by node. */
  readonly acknowledgedOn = new Map<string, number>();
  stopped = false;
  /** False: none of them sends what machines fail at. */
  poisons = true;
  readonly #calls = new Set<Call>();
  /** What was last seen of a key, by anybody. */
  readonly #seen = new Map<string, string | null>();
  readonly keys: Keys;
  #ids = 0;

  constructor(world: World) {
    this.world = world;
    this.random = new SimRandom(`clients ${world.settings.seed}`);
    this.keys = new Keys(this.random, () => world.sim.now);
    this.history = new HistoryRecorder({ now: () => world.sim.now });
    world.onEnd((member) => this.#forget((call) => call.node === member.id));
    this.#sweep();
  }

  get open(): number {
    return this.#calls.size;
  }

  /** A node that takes calls, or none. */
  node(): Member | null {
    const live = this.world.members.filter((member) => member.live !== null && !member.removed);
    return live.length === 0 ? null : this.random.pick(live);
  }

  /** Writes something. */
  write(key = this.keys.draw(), op: Write['op'] = this.#writeOp(), member = this.node()): void {
    const group = member?.live;
    if (!group || member === null) return;
    const command = this.#command(key, op);
    const handle = this.#begin(command);
    const call = this.#call(member, [command], [handle]);
    group.submit(
      command,
      (error, executed) => {
        if (!this.#end(call, member)) return;
        if (error === null && executed !== null) this.#acknowledged(member, command, executed, handle);
        else this.#failed(member, [command], error as SmaltiError, [handle]);
      },
      { timeoutMs: TIMEOUT_MS },
    );
  }

  /** Writes several things at once, of which all or none are applied. */
  writeMany(count: number, member = this.node(), first: Write['op'] = 'set'): void {
    const group = member?.live;
    if (!group || member === null) return;
    const commands = Array.from({ length: count }, (_, i) =>
      this.#command(this.keys.draw(), i === 0 ? first : 'set', count - 1 - i),
    );
    const handles = commands.map((command) => this.#begin(command));
    const call = this.#call(member, commands, handles);
    group.executeMany(commands, { timeoutMs: TIMEOUT_MS }).then(
      ({ results, first, term }) => {
        if (this.#end(call, member))
          this.#acknowledgedAll(member, commands, results, { index: first, term }, handles);
      },
      (error: SmaltiError) => {
        if (this.#end(call, member)) this.#failed(member, commands, error, handles);
      },
    );
  }

  /** What became of a call whose end was unknown, on whichever node. */
  #ask(id: CommandId, commands: readonly KvCommand[], handles: readonly OperationHandle<KvResult>[]): void {
    const member = this.node();
    const group = member?.live;
    const forget = this.#forgetting(commands, handles);
    if (!group || member === null) {
      forget();
      return;
    }
    this.counts.asked += 1;
    const call = this.#wait(member, forget);
    group.outcome(id, { timeoutMs: TIMEOUT_MS }).then(
      (outcome) => {
        if (!this.#end(call, member)) return;
        // The guide for operators says so: what others skip may be told as applied, and what follows from it.
        if (this.world.truth.skips.heldBy(member.id) !== null) forget();
        else if (outcome.applied) {
          const first = outcome.at.index - commands.length + 1;
          const at = { index: first, term: outcome.at.term };
          this.#acknowledgedAll(member, commands, outcome.results, at, handles);
        } else {
          this.#refused(member, commands, handles);
        }
      },
      (error: SmaltiError) => {
        if (!this.#end(call, member)) return;
        if (error.code === 'COMMAND_SKIPPED') this.#refused(member, commands, handles);
        else forget();
      },
    );
  }

  /** Reads what is there now. */
  read(key = this.keys.drawToRead(), member = this.node()): void {
    const group = member?.live;
    if (!group || member === null) return;
    this.counts.calls += 1;
    this.counts.reads += 1;
    const handle = this.history.begin(member.id, { op: 'get', key });
    const call = this.#call(member, [], [handle]);
    group.ask(
      key,
      (error, answer) => {
        if (!this.#end(call, member)) return;
        if (error !== null || answer === null) {
          handle.failed();
          return;
        }
        this.counts.ok += 1;
        this.world.truth.reliesOn(member.id);
        handle.ok(answer.result);
        this.#seen.set(key, answer.result.value);
      },
      { timeoutMs: TIMEOUT_MS },
    );
  }

  /** Reads what the node has. */
  readWeakly(key = this.keys.drawToRead(), member = this.node()): void {
    this.#look(key, member, 'weak', Number.POSITIVE_INFINITY);
  }

  /** Reads what may be so old. */
  readBounded(maxAgeMs: number, key = this.keys.drawToRead(), member = this.node()): void {
    this.#look(key, member, { maxAgeMs }, maxAgeMs);
  }

  #look(key: string, member: Member | null, consistency: Consistency, maxAgeMs: number): void {
    const group = member?.live;
    if (!group || member === null) return;
    this.counts.calls += 1;
    this.counts.weak += 1;
    const { process } = member.sim;
    const { sim, truth } = this.world;
    const asked = sim.now;
    group.ask(
      key,
      (_, answer) => {
        if (answer === null || !process.alive) return;
        const { result, at } = answer;
        // Whatever it says, it was to be no older than that when it was asked.
        const age = Math.min(answer.ageMs ?? Number.POSITIVE_INFINITY, maxAgeMs + (sim.now - asked));
        truth.weakly(member.id, key, result.value, at.index, age);
      },
      { timeoutMs: TIMEOUT_MS, consistency },
    );
  }

  #writeOp(): Write['op'] {
    const draw = this.random.next();
    return draw < 0.6 ? 'set' : draw < 0.75 ? 'cas' : draw < 0.9 ? 'append' : 'delete';
  }

  #command(key: string, op: Write['op'], more = 0): KvCommand {
    this.#ids += 1;
    const id = this.#ids;
    if (op === 'poison') this.world.programs.poison = id;
    const expected = op === 'cas' ? (this.#seen.get(key) ?? null) : null;
    return { id, op, key, value: op === 'delete' ? '' : `${id}.`, expected, more };
  }

  #begin(command: KvCommand): OperationHandle<KvResult> {
    this.counts.calls += 1;
    return this.history.begin(command.id, command);
  }

  #call(member: Member, commands: readonly KvCommand[], handles: readonly OperationHandle<KvResult>[]): Call {
    return this.#wait(member, this.#forgetting(commands, handles));
  }

  #forgetting(commands: readonly KvCommand[], handles: readonly OperationHandle<KvResult>[]): () => void {
    return () => {
      for (const handle of handles) handle.unknown();
      for (const { key } of commands) this.keys.retire(key);
      this.counts.unknown += handles.length;
    };
  }

  #wait(member: Member, forget: () => void): Call {
    const until = this.world.sim.now + TIMEOUT_MS + PATIENCE_MS;
    const call: Call = { node: member.id, process: member.sim.process, until, settled: false, forget };
    this.#calls.add(call);
    return call;
  }

  /** An answer came. False if nobody waits for it any more. */
  #end(call: Call, member: Member): boolean {
    if (call.settled || member.sim.process !== call.process || !member.sim.running) return false;
    call.settled = true;
    this.#calls.delete(call);
    return true;
  }

  #acknowledged(
    member: Member,
    command: KvCommand,
    {
      result,
      at,
    }: { readonly result: KvResult; readonly at: Parameters<World['truth']['acknowledged']>[1]['at'] },
    handle: OperationHandle<KvResult>,
  ): void {
    this.counts.ok += 1;
    this.acknowledgedAt = this.world.sim.now;
    this.acknowledgedOn.set(member.id, this.acknowledgedAt);
    this.#seen.set(command.key, result.value);
    handle.ok(result);
    this.world.truth.acknowledged(member.id, { command, result, at });
  }

  #acknowledgedAll(
    member: Member,
    commands: readonly KvCommand[],
    results: readonly KvResult[],
    first: { readonly index: number; readonly term: number },
    handles: readonly OperationHandle<KvResult>[],
  ): void {
    for (const [i, command] of commands.entries()) {
      const [result, handle] = [results[i], handles[i]];
      if (result === undefined || handle === undefined) continue;
      this.#acknowledged(member, command, { result, at: cursor(first.term, first.index + i) }, handle);
    }
  }

  #refused(
    member: Member,
    commands: readonly KvCommand[],
    handles: readonly OperationHandle<KvResult>[],
  ): void {
    for (const [i, command] of commands.entries()) {
      this.counts.refused += 1;
      handles[i]?.failed();
      this.world.truth.refused(member.id, command);
    }
  }

  #failed(
    member: Member,
    commands: readonly KvCommand[],
    error: SmaltiError,
    handles: readonly OperationHandle<KvResult>[],
  ): void {
    const id = error.details.id as CommandId | undefined;
    if (error.outcome === 'not-applied') this.#refused(member, commands, handles);
    else if (id !== undefined && this.random.chance(ASKING)) this.#ask(id, commands, handles);
    else this.#forgetting(commands, handles)();
  }

  #sweep(): void {
    const { now } = this.world.sim;
    this.#forget((call) => call.until <= now);
    this.world.sim.schedule(SWEEP_MS, 'impatience', () => this.#sweep());
  }

  #forget(which: (call: Call) => boolean): void {
    for (const call of this.#calls) {
      if (!which(call)) continue;
      call.settled = true;
      this.#calls.delete(call);
      call.forget();
    }
  }
}
