import { type Member, toIncarnation, toPeerId } from '@smalti/core';
import type { GroupStatus } from '@smalti/raft';
import type { Context } from 'hono';
import { HttpError } from './http-error.ts';
import type { HttpEnv } from './raw-path.ts';
import { readBody } from './read-body.ts';

const MAX_BYTES = 4_096;
const FIELDS = ['id', 'incarnation', 'address', 'preference'];
const PREFERENCES = ['normal', 'reluctant', 'observer'] as const;

type Wanted = Readonly<Record<string, string | undefined>>;

/**
 * The node that a request to add one names, as JSON: `id`, and what this node does not know of it: `incarnation`,
 * `address`, `preference`. It knows of members and of those that it is bonded to.
 *
 * @throws HttpError `BAD_REQUEST`.
 */
export async function readNewMember(context: Context<HttpEnv>, status: GroupStatus): Promise<Member> {
  const wanted = parse((await readBody(context, MAX_BYTES)).toString('utf8'));
  const { id = '' } = wanted;
  const known = [...status.members, ...status.bonds].filter((each) => {
    return each.id === id && (wanted.incarnation === undefined || each.incarnation === wanted.incarnation);
  });
  const incarnations = [...new Set(known.map(({ incarnation }) => incarnation))];
  const { incarnation = incarnations[0] } = wanted;
  if (incarnation === undefined || incarnations.length > 1) {
    const why =
      incarnations.length > 1
        ? `${status.id} knows several incarnations of it (${incarnations.join(', ')})`
        : `${status.id} neither knows it as a member nor is bonded to it`;
    throw bad(`cannot tell which ${id} is meant: ${why}; give its incarnation, which its /status tells`);
  }
  const member = status.members.find((each) => each.id === id && each.incarnation === incarnation);
  const address = wanted.address ?? known.find((each) => each.address !== '')?.address ?? '';
  const preference = wanted.preference ?? member?.preference ?? 'normal';
  try {
    const found = PREFERENCES.find((each) => each === preference);
    if (found === undefined) throw new RangeError(`preference must be one of ${PREFERENCES.join(', ')}`);
    if (address === '') throw new RangeError('address is missing: say where the other nodes reach it');
    if (address.length > 256) throw new RangeError('address must have at most 256 characters');
    return { id: toPeerId(id), incarnation: toIncarnation(incarnation), address, preference: found };
  } catch (error) {
    throw bad((error as Error).message);
  }
}

function parse(text: string): Wanted {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw bad('the body must be JSON, such as {"id": "n4"}');
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw bad('the body must be a JSON object, such as {"id": "n4"}');
  }
  for (const [name, each] of Object.entries(value)) {
    if (!FIELDS.includes(name))
      throw bad(`${JSON.stringify(name.slice(0, 40))} is not known; known are ${FIELDS.join(', ')}`);
    if (typeof each !== 'string') throw bad(`${name} must be a text`);
  }
  return value as Wanted;
}

function bad(message: string): HttpError {
  return new HttpError(400, 'BAD_REQUEST', message, 'not-applied');
}
