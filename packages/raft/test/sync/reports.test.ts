import { describe, expect, it } from 'vitest';
import { report } from './support/report.ts';
import { Scripted } from './support/strategy.ts';
import { peer, World } from './support/world.ts';

describe('what a session reports', () => {
  it('is shown to operators, and summed over sessions by source', async () => {
    const sync = new Scripted('replay');
    const world = new World([sync]);
    const door = world.open();
    await world.run();
    sync.cx.report(report(10, { n2: 3 }));
    sync.cx.report(report(20, { n2: 5, n3: 1 }));
    expect(world.host.status().session?.progress).toMatchObject({ phase: 'fetching', bytesDone: 20 });
    world.host.sessionOver(door.epoch, 'replication');
    world.open();
    await world.run();
    sync.cx.report(report(1, { n2: 2 }));
    expect(world.host.status().totals.bySource).toEqual({ n2: 7, n3: 1 });
  });

  it.each([
    ['nothing', undefined],
    ['no numbers', { ...report(1), bytesDone: Number.NaN }],
    ['less than nothing', { ...report(1), bytesDone: -1 }],
    ['less held than nothing', { ...report(1), mostHeldBytes: -1 }],
    ['no map', { ...report(1), sources: {} }],
    ['a count that is none', { ...report(1), sources: new Map([['n2', Number.POSITIVE_INFINITY]]) }],
    ['too many peers', { ...report(1), peers: Array.from({ length: 2_000 }, (_, i) => `n${i}`) }],
  ])('is refused if it is %s', async (_, wrong) => {
    const sync = new Scripted('replay');
    const world = new World([sync]);
    world.open();
    await world.run();
    expect(() => sync.cx.report(wrong as never)).toThrow(/^replay: that is no report/);
  });

  it('is a copy', async () => {
    const sync = new Scripted('replay');
    const world = new World([sync]);
    world.open();
    await world.run();
    const sources = new Map([[peer('n2'), 1]]);
    sync.cx.report({ ...report(1), sources });
    sources.set(peer('n2'), 99);
    expect(world.host.status().session?.progress?.sources.get(peer('n2'))).toBe(1);
  });
});
