import { SmaltiError } from '@smalti/core';
import { Simulation } from '@smalti/simulator';
import { describe, expect, it } from 'vitest';
import { eventStream } from '../../src/group/event-stream.ts';
import { GroupEvents } from '../../src/group/events.ts';
import type { GroupEvent } from '../../src/group/group-event.ts';

function begun(buffer: number): { events: GroupEvents; stream: AsyncIterableIterator<GroupEvent> } {
  const events = new GroupEvents();
  const { clock } = new Simulation().node('n').ports;
  return { events, stream: eventStream(events, clock, { buffer }) };
}

async function rest(stream: AsyncIterableIterator<GroupEvent>): Promise<unknown[]> {
  const seen: unknown[] = [];
  for await (const event of stream) {
    if (event.type === 'note') seen.push(event.text);
    else seen.push(event.type === 'missed' ? event.count : event.type);
  }
  return seen;
}

const closed = new SmaltiError('GROUP_CLOSED', 'closed');

describe('the events of a group, for one reader', () => {
  it('are kept while it is busy, the newest of them, with how many were dropped', async () => {
    const { events, stream } = begun(4);
    const first = stream.next();
    for (let i = 0; i < 10; i++) events.emit({ type: 'note', level: 'info', text: `${i}` });
    events.close(closed);
    expect((await first).value).toMatchObject({ type: 'note', text: '0' });
    expect(await rest(stream)).toEqual([6, '7', '8', '9']);
  });

  it('are counted anew after the reader has been told of what it missed', async () => {
    const { events, stream } = begun(2);
    const note = (text: string): void => events.emit({ type: 'note', level: 'info', text });
    const first = stream.next();
    for (const text of 'abcd') note(text);
    await first;
    expect((await stream.next()).value).toMatchObject({ type: 'missed', count: 2 });
    note('e');
    note('f');
    events.close(closed);
    expect(await rest(stream)).toEqual([2, 'f']);
  });

  it('come with a time, leave positions out, and end with the group', async () => {
    const { events, stream } = begun(8);
    const first = stream.next();
    const at = { index: 1, term: 1 } as never;
    events.emit({ type: 'position', position: 'log', from: at, to: at });
    events.emit({ type: 'online', online: true });
    expect((await first).value).toEqual({ type: 'online', online: true, time: expect.any(Number) });
    const waits = stream.next();
    events.close(closed);
    expect(await waits).toEqual({ done: true, value: undefined });
    expect(events.heard).toBe(false);
  });

  it.each([1, 0, 1.5, Number.NaN])('cannot be kept in %s places', (buffer) => {
    expect(() => begun(buffer)).toThrow('option buffer');
  });
});
