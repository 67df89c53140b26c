import { describe, expect, it } from 'vitest';
import { childProcessLogStore } from '../src/child-process/index.ts';
import { failuresOf, logStoreSuite, reportOf } from '../src/index.ts';

const factory = childProcessLogStore({ program: new URL('./forgetful-process.ts', import.meta.url) });
const cases = logStoreSuite(factory, { seeds: 1 });
const only = (...ids: readonly string[]) =>
  cases.filter(({ id }) => ids.includes(id.replace('log-store/', '')));

describe('a store in a process of its own', () => {
  it('is seen through: getters, calls, callbacks in order, and errors as they were', async () => {
    const seen = only(
      'visible-at-once',
      'ordered-completions',
      'refuses-holes',
      'groups',
      'prune-beyond',
      'lists',
    );
    expect(seen).toHaveLength(6);
    expect(await failuresOf(seen)).toEqual([]);
  });

  it('is really killed: one that keeps everything in memory is found out', async () => {
    const { cases: reports } = await reportOf(only('reopen-empty', 'crash-completed', 'crash-vote'));
    expect(reports.map(({ outcome }) => outcome)).toEqual(['failed', 'failed', 'failed']);
    const [, crashed] = reports;
    expect(crashed?.error?.message).toContain('after a crash');
  });

  it('cannot be filled or broken', async () => {
    const harness = await factory.create(1);
    await expect(harness.fill()).rejects.toThrow('cannot be filled');
    await expect(harness.breakDown(1)).rejects.toThrow('cannot be broken');
    await harness.dispose();
  });

  it('says why it could not be opened', async () => {
    const broken = childProcessLogStore({ program: new URL('./no-such-process.ts', import.meta.url) });
    const harness = await broken.create(1);
    await expect(harness.open('n1' as never)).rejects.toThrow(/has ended with 1 before it was open/);
    await harness.dispose();
  });
});
