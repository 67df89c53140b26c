/** What a node tells the process that started it, over their IPC channel. */
export type NodeMessage =
  /** Its ports are taken and its log is open. */
  | { readonly type: 'started'; readonly pid: number }
  /** It became, or is no longer, online. */
  | {
      readonly type: 'online';
      readonly online: boolean;
      readonly leader: string | null;
      readonly cluster: string | null;
    }
  /** It is not online, and this is what it knows of why. */
  | { readonly type: 'waiting'; readonly why: string }
  /** It ends because of this. */
  | { readonly type: 'failed'; readonly line: string }
  /** It ends because the group has removed it. */
  | { readonly type: 'removed'; readonly line: string };

const TYPES: readonly string[] = [
  'started',
  'online',
  'waiting',
  'failed',
  'removed',
] satisfies NodeMessage['type'][];

/** True if this is a message of a node: what comes over a channel is not believed unseen. */
export function isNodeMessage(value: unknown): value is NodeMessage {
  return typeof value === 'object' && value !== null && 'type' in value && TYPES.includes(String(value.type));
}

/** Tells whoever started this process, if it was started so. */
export function tellParent(message: NodeMessage): void {
  // The channel may close at any time; then nobody is there to be told.
  if (process.connected === true) process.send?.(message, undefined, undefined, () => {});
}
