import { appendAudit } from '@chat-recall/shared/audit';
import { inTransaction } from '@chat-recall/shared/db';
import { RecallError } from '@chat-recall/shared/errors';
import { createBackfill, fileDays, getBackfill } from '@chat-recall/shared/history';
import { actorOf } from '../../auth/roles.ts';
import { json } from '../../http/answer.ts';
import { route } from '../../http/route.ts';
import { backfillDetailsSchema, backfillRequest } from './schemas.ts';

const dayMs = 86_400_000;

export const createBackfillRoute = route({
  method: 'post',
  path: '/api/v1/backfills',
  id: 'createBackfill',
  summary: "Read an app's history into the index",
  description:
    'For an app that had no webhook before. Workers first list what there is to read, then read it; with `estimate` they stop in between, and the figures say what it will cost. One may be open at a time.',
  role: 'admin',
  body: backfillRequest,
  responses: {
    202: {
      description: 'The backfill, which workers take up.',
      content: { 'application/json': backfillDetailsSchema },
      headers: { Location: 'Path of the backfill' },
    },
  },
  problems: ['conflict'],
  async handle({ body, principal }, { appId, db, now, roamingDays }) {
    const { kind, estimate } = body;
    const days = kind === 'files' ? fileDays : roamingDays;
    const since = body.since === undefined ? new Date(now() - days * dayMs) : new Date(body.since);
    if (since.getTime() >= now()) {
      const message = 'must be in the past';
      throw new RecallError('invalid_request', `since ${message}`, [{ path: 'since', message }]);
    }
    const made = await inTransaction(db, async (trx) => {
      const id = await createBackfill(trx, { appId, kind, since, estimate, requestedBy: principal.name });
      const details = { id, kind, since: since.toISOString(), estimate };
      await appendAudit(trx, actorOf(principal), { action: 'backfill.create', details });
      return getBackfill(trx, appId, id);
    });
    return json(made, 202, { location: `/api/v1/backfills/${made.id}` });
  },
});
