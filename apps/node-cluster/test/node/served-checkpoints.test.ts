import { cursor } from '@smalti/core';
import { nodePlatform } from '@smalti/platform-node';
import type { Checkpoints } from '@smalti/raft';
import { MemorySnapshotStore } from '@smalti/storage-memory';
import { describe, expect, it } from 'vitest';
import { servedCheckpoints } from '../../src/node/served-checkpoints.ts';
import { WatchedLeases } from '../../src/node/watched-leases.ts';
import { FakeGroup } from '../support/fake-group.ts';

/** A group of which checkpoints are asked for, in the order of what is asked and answered. */
class AskedGroup extends FakeGroup {
  readonly said: string[] = [];

  override readonly checkpoints: Checkpoints = {
    list: () => [],
    take: () => {
      this.said.push('taken');
      return Promise.resolve({ marker: cursor(2, 9), root: 'ab'.repeat(32) as never });
    },
  };

  override async query(...asked: Parameters<FakeGroup['query']>): ReturnType<FakeGroup['query']> {
    const [, consistency, options] = asked as [unknown, unknown, { readonly signal?: AbortSignal }?];
    const over = new Promise<never>((_, reject) => {
      options?.signal?.addEventListener('abort', () => reject(options.signal?.reason));
    });
    const answer = await Promise.race([super.query(...asked), over]);
    this.said.push(`read ${consistency}`);
    return answer;
  }
}

function served(group: AskedGroup): ReturnType<typeof servedCheckpoints> {
  const platform = nodePlatform();
  const store = new WatchedLeases(new MemorySnapshotStore(platform), platform.clock);
  return servedCheckpoints(group, store, platform);
}

describe('a checkpoint that is asked for over HTTP', () => {
  it('has what was acknowledged by other nodes: this one finds out first what it lacks', async () => {
    const group = new AskedGroup();
    await served(group).take({ timeoutMs: 10_000 });
    expect(group.said).toEqual(['read strong', 'taken']);
  });

  it('is not an old one while this node cannot find that out', async () => {
    const group = new AskedGroup();
    group.held = true;
    await expect(served(group).take({ timeoutMs: 1 })).rejects.toMatchObject({ code: 'TIMEOUT' });
    expect(group.said).toEqual([]);
  });
});
