import { setTimeout as pause } from 'node:timers/promises';
import type { Db } from '@chat-recall/shared/db';
import { getRecall, paceOf } from '@chat-recall/shared/recalls';
import { stream } from '../../http/answer.ts';
import { route } from '../../http/route.ts';
import { recallParams } from './schemas.ts';

/** Between two looks, ms. */
const everyMs = 1_000;
/** A stream ends after this long; browsers open it again by themselves, ms. */
const atMostMs = 10 * 60_000;
const ended = new Set(['completed', 'completed_with_failures', 'cancelled', 'failed']);

export const events = route({
  method: 'get',
  path: '/api/v1/recalls/{id}/events',
  id: 'watchRecall',
  summary: 'Progress as it happens (server-sent events)',
  description:
    'Events named `recall`: the recall with `ratePerSecond`, `etaSeconds` and `exposureSeconds`, at most one a second and only when something changed. Ends after the recall has ended, and when the token or session that asked is over.',
  role: 'viewer',
  params: recallParams,
  responses: { 200: { description: 'Events.', content: { 'text/event-stream': 'text' } } },
  async handle({ params, stillKnown }, { appId, db, reads }) {
    await getRecall(db, appId, params.id);
    return stream(watch(reads, appId, params.id, stillKnown), {
      'content-type': 'text/event-stream; charset=utf-8',
      'x-accel-buffering': 'no',
    });
  },
});

async function* watch(db: Db, appId: number, id: string, stillKnown: () => Promise<boolean>): AsyncGenerator<string> {
  const until = performance.now() + atMostMs;
  for (let last = ''; performance.now() < until; await pause(everyMs)) {
    if (!(await stillKnown())) return;
    const recall = await getRecall(db, appId, id);
    const pace = await paceOf(db, id, recall.batches.total - recall.batches.done);
    const data = JSON.stringify({ ...recall, ...pace });
    // A comment in between keeps proxies from closing the connection, and finds out that nobody listens.
    yield data === last ? ': \n\n' : `event: recall\ndata: ${data}\n\n`;
    last = data;
    if (ended.has(recall.state)) return;
  }
}
