import { type Clock, SmaltiError } from '@smalti/core';
import type { GroupEvents } from './events.ts';
import type { EventOptions, GroupEvent } from './group-event.ts';
import { Stream } from './stream.ts';

const DEFAULT_BUFFER = 1024;

/** What is told to a group's listeners, for one reader: bounded, and with what was lost. */
export function eventStream(
  events: GroupEvents,
  clock: Clock,
  options: EventOptions,
): AsyncIterableIterator<GroupEvent> {
  const { signal, buffer = DEFAULT_BUFFER } = options;
  if (!Number.isSafeInteger(buffer) || buffer < 2) {
    const text = `option buffer is ${String(buffer)}, and must be an integer of at least 2`;
    throw new SmaltiError('BAD_OPTION', text, { details: { option: 'buffer', value: buffer } });
  }
  return new Stream<GroupEvent>({
    clock,
    options: signal === undefined ? {} : { signal },
    keep: (kept, event) => keep(kept, event, buffer),
    begin: (give, end) => {
      if (events.over !== null) {
        end();
        return () => {};
      }
      return events.listen((news) => {
        if (news.type !== 'position') give({ ...news, time: clock.wallNow() });
      }, end);
    },
  });
}

function keep(kept: GroupEvent[], event: GroupEvent, buffer: number): void {
  kept.push(event);
  if (kept.length <= buffer) return;
  const [oldest] = kept;
  const missed = oldest?.type === 'missed' ? oldest.count : 0;
  const lost = kept.splice(0, 2);
  const count = missed + (missed === 0 ? lost.length : lost.length - 1);
  kept.unshift({ type: 'missed', count, time: lost.at(-1)?.time ?? event.time });
}
