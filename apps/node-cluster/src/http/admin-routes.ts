import { type Logger, memberKey, type PeerId, type SmaltiError } from '@smalti/core';
import type { ChangeOptions, GroupStatus, MemberChange } from '@smalti/raft';
import { type Context, Hono } from 'hono';
import type { KvGroup, KvService } from '../service/index.ts';
import { checkToken } from './admin-token.ts';
import { backup } from './backup-route.ts';
import { HttpError } from './http-error.ts';
import { readNewMember } from './new-member.ts';
import { noHead } from './no-head.ts';
import { flagOf, timeoutOf } from './query.ts';
import { type HttpEnv, rawPath } from './raw-path.ts';
import { readSkip } from './skip-request.ts';

const PREFIX = '/admin/';
/** More would not fit into one change. */
const MAX_NODES = 256;

/**
 * `/admin`: who the members are, for everybody that can ask for the status; changes of them and of who leads,
 * commands that are skipped, and the whole state as a backup, for whoever knows the token. Every node can be asked.
 */
export function adminRoutes(service: KvService, token: string | null, logger: Logger): Hono<HttpEnv> {
  const app = new Hono<HttpEnv>({ getPath: rawPath });

  app.get('/admin/members', (context) => context.json(membersView(groupOf(service).status())));

  // Whoever may not change anything is not told either whether what was asked for makes sense.
  app.use(`${PREFIX}*`, async (context, next) => {
    checkToken(context, token);
    await next();
  });

  app.post('/admin/members', async (context) => {
    const group = groupOf(service);
    const member = await readNewMember(context, group.status());
    return change(context, group, [{ type: 'add', member }]);
  });

  app.delete('/admin/members/:nodes', async (context) => {
    const group = groupOf(service);
    const nodes = nodesOf(context);
    const { members } = group.status();
    // That it is gone already is what was wanted; but it may be a slip of the pen.
    const strangers = nodes.filter((node) => !members.some((member) => isCalled(member, node)));
    try {
      await change(
        context,
        group,
        nodes.map((node) => ({ type: 'remove', node })),
      );
    } catch (error) {
      const self = group.status();
      // This node was among them, and has heard of it before the answer came.
      const gone = (error as SmaltiError).code === 'REMOVED' && nodes.some((node) => isCalled(self, node));
      if (!gone) throw error;
    }
    return context.json({ ...membersView(group.status()), strangers });
  });

  for (const type of ['promote', 'demote'] as const) {
    app.post(`/admin/members/:nodes/${type}`, (context) =>
      change(
        context,
        groupOf(service),
        nodesOf(context).map((node) => ({ type, node })),
      ),
    );
  }

  app.post('/admin/transfer', async (context) => {
    const group = groupOf(service);
    const to = context.req.query('to');
    const timeoutMs = timeoutOf(context);
    const before = group.status().leader;
    await group.members.transfer(to, { timeoutMs });
    await led(group, to ?? null, before, timeoutMs);
    return done(context, group);
  });

  app.post('/admin/skip/:index', async (context) => {
    const group = groupOf(service);
    const { index, reason } = await readSkip(context);
    const { entry, at, by } = await group.skip(index, { reason, timeoutMs: timeoutOf(context) });
    return context.json({
      ...membersView(group.status()),
      skipped: { entry: entry.index, at: at.index, by, reason },
    });
  });

  app.get('/admin/backup', noHead, (context) => backup(context, service, logger));

  app.all(`${PREFIX}*`, (context) => {
    throw new HttpError(
      404,
      'NOT_FOUND',
      `${context.req.method} ${context.req.path}: there are GET and POST /admin/members, DELETE /admin/members/{ids}, ` +
        'POST /admin/members/{ids}/promote and /demote, POST /admin/transfer, POST /admin/skip/{index}, and GET /admin/backup',
    );
  });
  return app;
}

async function change(
  context: Context<HttpEnv>,
  group: KvGroup,
  changes: readonly MemberChange[],
): Promise<Response> {
  const options: ChangeOptions = {
    force: flagOf(context, 'force'),
    timeoutMs: timeoutOf(context),
  };
  await group.members.change(changes, options);
  return done(context, group);
}

/** A leader that has handed over knows it before this node knows the next one. */
async function led(
  group: KvGroup,
  to: string | null,
  before: PeerId | null,
  timeoutMs: number,
): Promise<void> {
  if (to !== null) return group.when.leaderIs(to.split('@')[0] as PeerId, { timeoutMs });
  while (group.status().leader === null || group.status().leader === before) {
    await group.when.leaderChanged({ timeoutMs });
  }
}

/** What was wanted is so. The view can be older than that: it is of the node that was asked. */
function done(context: Context<HttpEnv>, group: KvGroup): Response {
  return context.json(membersView(group.status()));
}

function membersView(status: GroupStatus): Record<string, unknown> {
  const { id, role, leader, term, group, cluster, committed } = status;
  const members = status.members.toSorted((a, b) => a.id.localeCompare(b.id, 'en', { numeric: true }));
  return { id, role, leader, term, group, cluster, committed: committed.index, members };
}

/** One or several, parted by commas: several are one change. */
function nodesOf(context: Context<HttpEnv>): string[] {
  const nodes = (context.req.param('nodes') ?? '').split(',');
  if (nodes.length > MAX_NODES) {
    throw new HttpError(
      400,
      'BAD_REQUEST',
      `names ${nodes.length} nodes: at most ${MAX_NODES} are one change`,
    );
  }
  return nodes;
}

function isCalled({ id, incarnation }: Pick<GroupStatus, 'id' | 'incarnation'>, node: string): boolean {
  return node === id || node === memberKey(id, incarnation);
}

function groupOf(service: KvService): KvGroup {
  const { group } = service;
  if (group === null) {
    throw new HttpError(503, 'NOT_READY', 'this node is opening its log, or stops', 'not-applied');
  }
  return group;
}
