import { ExitCode, type Output, type StartSettings } from '../cli/index.ts';
import { ChildNode } from './child-node.ts';
import type { Layout, NodePlace } from './layout.ts';
import { nodeCommand, showCommand } from './node-command.ts';

/** How long nodes may take to stop, in milliseconds: longer than they give themselves. */
const GRACE_MS = 10_000;
/** How often it is said what is still waited for, in milliseconds. */
const PATIENCE_MS = 10_000;

/** The nodes of a started group, and what is said of them. */
export class Cluster {
  readonly #layout: Layout;
  readonly #settings: StartSettings;
  readonly #program: readonly string[];
  #cluster: string | null;
  readonly #born: (cluster: string) => void;
  readonly #output: Output;
  readonly #nodes: ChildNode[] = [];
  readonly #announced = new Set<ChildNode>();
  #ready = false;
  #stopping = false;
  #end: (code: number) => void = () => {};

  /**
   * @param cluster the one that the nodes belong to, if it is known.
   * @param born called once when it becomes known.
   */
  constructor(
    layout: Layout,
    settings: StartSettings,
    program: readonly string[],
    output: Output,
    cluster: string | null,
    born: (cluster: string) => void,
  ) {
    this.#cluster = cluster;
    this.#born = born;
    this.#layout = layout;
    this.#settings = settings;
    this.#program = program;
    this.#output = output;
  }

  /** Runs until it is told to stop, or no node is left. Gives what the process ends with. */
  async run(): Promise<number> {
    const ended = new Promise<number>((resolve) => {
      this.#end = resolve;
    });
    for (const place of this.#layout.nodes) {
      const command = this.#command(place);
      const node = new ChildNode(place, command, () => this.#look());
      this.#nodes.push(node);
      void node.ended.then((reason) => this.#lost(node, reason));
    }
    const patience = setInterval(() => this.#tellWhoWaits(), PATIENCE_MS);
    const code = await ended;
    clearInterval(patience);
    return code;
  }

  /** Stops every node; a second call does not wait for them. */
  stop(): void {
    if (this.#stopping) {
      for (const node of this.#nodes) node.kill('SIGKILL');
      return;
    }
    this.#stopping = true;
    this.#say('stopping');
    for (const node of this.#nodes) node.kill('SIGINT');
    const late = setTimeout(() => {
      for (const node of this.#nodes) node.kill('SIGKILL');
    }, GRACE_MS);
    void Promise.all(this.#nodes.map((node) => node.ended)).then(() => {
      clearTimeout(late);
      this.#end(ExitCode.done);
    });
  }

  #command(place: NodePlace): string[] {
    return nodeCommand(this.#program, this.#layout, place, this.#settings, this.#cluster);
  }

  #look(): void {
    if (this.#stopping) return;
    const born = this.#nodes.find((node) => node.cluster !== null)?.cluster ?? null;
    if (this.#cluster === null && born !== null) {
      this.#cluster = born;
      this.#born(born);
    }
    for (const node of this.#nodes) {
      if (!node.online || this.#announced.has(node)) continue;
      this.#announced.add(node);
      const { id, resp, http } = node.place;
      this.#say(`${id}  online  redis ${resp}  http ${http}  pid ${node.pid}`);
    }
    const living = this.#nodes.filter((node) => node.alive);
    if (this.#ready || living.length === 0 || living.some((node) => !node.online)) return;
    this.#ready = true;
    this.#say(this.#readyLine());
  }

  #readyLine(): string {
    const { nodes } = this.#layout;
    const list = (which: 'resp' | 'http'): string => nodes.map((node) => node[which]).join(' ');
    const first = nodes[0]?.resp ?? '';
    const port = first.slice(first.lastIndexOf(':') + 1);
    return `ready  redis ${list('resp')}  http ${list('http')}  try: redis-cli -p ${port} set greeting hello`;
  }

  #lost(node: ChildNode, reason: string): void {
    if (this.#stopping) return;
    const { id } = node.place;
    const command = this.#command(node.place);
    const living = this.#nodes.filter((each) => each.alive);
    if (node.removed && living.length > 0) {
      this.#say(`${id} is no member of the group any more, and has ended`);
      this.#look();
      return;
    }
    this.#complain(`${id} (pid ${node.pid ?? 'none'}) has ended: ${reason}`);
    if (living.length === 0) {
      this.#complain('no node is left');
      this.#end(ExitCode.failed);
      return;
    }
    const members = this.#nodes.filter((each) => !each.removed);
    const majority = Math.floor(members.length / 2) + 1;
    const rest =
      living.length >= majority ? 'the others go on' : `only ${living.length} of ${members.length} are left`;
    this.#complain(`${rest}; to run ${id} again by itself: ${showCommand(command)}`);
    if (!this.#ready && living.length < majority) {
      this.#complain(`${majority} nodes are needed to begin`);
      this.#fail();
      return;
    }
    this.#look();
  }

  /** Stops the nodes that are left, because the group cannot begin. */
  #fail(): void {
    const end = this.#end;
    this.#end = () => end(ExitCode.failed);
    this.stop();
  }

  #tellWhoWaits(): void {
    if (this.#ready || this.#stopping) return;
    for (const node of this.#nodes) {
      if (node.alive && !node.online) this.#say(`${node.place.id}  waiting  ${node.waitsFor}`);
    }
  }

  #say(line: string): void {
    this.#output.out(`${line}\n`);
  }

  #complain(line: string): void {
    this.#output.error(`smalti: ${line}\n`);
  }
}
