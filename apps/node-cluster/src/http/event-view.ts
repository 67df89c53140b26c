import { SmaltiError } from '@smalti/core';
import type { GroupEvent } from '@smalti/raft';

/** An event as `/events` tells it: plain data. Positions are indices, as in `/status`. */
export function eventView(event: GroupEvent): Record<string, unknown> {
  const { time, type, ...rest } = event;
  return {
    time,
    type,
    ...Object.fromEntries(Object.entries(rest).map(([name, value]) => [name, plain(value)])),
  };
}

function plain(value: unknown): unknown {
  if (value instanceof SmaltiError) return { code: value.code, message: value.message };
  if (value instanceof Map) return Object.fromEntries(value);
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value !== 'object' || value === null) return value;
  const fields = Object.entries(value);
  if (fields.length === 2 && 'index' in value && 'term' in value) return value.index;
  return Object.fromEntries(fields.map(([name, field]) => [name, plain(field)]));
}
