import { appendAudit, withoutSenders, type Actor } from '@chat-recall/shared/audit';
import { inTransaction, type Db } from '@chat-recall/shared/db';
import { isRecallError, messageOf } from '@chat-recall/shared/errors';
import type { HashPieces } from '@chat-recall/shared/messages';
import { planJobName, UnrecoverableError, type Job } from '@chat-recall/shared/queue';
import {
  createRecall,
  failRecall,
  getRecall,
  parseOrThrow,
  planRecall,
  queuedRequestSchema,
  retryRecall,
  type PlanHistory,
} from '@chat-recall/shared/recalls';
import { RecallError } from '@chat-recall/shared/errors';
import { z } from 'zod';

/** What a producer gets back as the job's return value. */
export interface RecallJobResult {
  readonly recallId: string;
  readonly state: string;
  readonly planned: number;
}

export interface RecallJobParts {
  readonly db: Db;
  /** The apps that are served. */
  readonly appIds: readonly number[];
  /** Larger recalls of producers wait for the approval of a person; null: none does. */
  readonly approveAbove: number | null;
  /** Larger recalls of producers are refused; null: any size. */
  readonly maxMessages: number | null;
  /** Finds messages that are kept as pieces. */
  readonly hash: HashPieces | null;
  /** To compare plans of an app with; null: history is not read. */
  readonly historyOf: (appId: number) => PlanHistory | null;
  /** Told when a recall may have batches to feed. */
  readonly onPlanned: () => void;
  readonly onError: (error: unknown, recallId: string) => void;
  /** Aborted when the process stops: another worker goes on with what is not planned. */
  readonly signal: AbortSignal;
}

/** Producers are a principal of their own: whose name a job bears is a claim. */
export const queueActor: Actor = { name: 'queue', person: '', role: 'queue', via: 'queue', address: '' };

const planJob = z.object({ recallId: z.uuid() });

/**
 * A job of `recall-jobs`: a producer's request, or a recall that the console stored and that is to be
 * planned. Invalid data fails the job for good; nothing is called. Running it again is safe: the
 * idempotency key finds the recall, and planning goes on where it stopped.
 */
export function createRecallJobProcessor(parts: RecallJobParts) {
  return async (job: Job): Promise<RecallJobResult> => {
    const recallId = job.name === planJobName ? parsePlan(job) : await request(parts, job);
    await plan(parts, job, recallId);
    parts.onPlanned();
    const { state, counts } = await getRecall(parts.db, null, recallId);
    return { recallId, state, planned: counts.planned };
  };
}

function parsePlan(job: Job): string {
  const parsed = planJob.safeParse(job.data);
  if (!parsed.success) throw new UnrecoverableError('recallId must be the id of a recall');
  return parsed.data.recallId;
}

async function request(parts: RecallJobParts, job: Job): Promise<string> {
  const { db } = parts;
  try {
    const { requestedBy, idempotencyKey, ...asked } = parseOrThrow(queuedRequestSchema, job.data);
    const appId = appOf(parts.appIds, asked.selector.sdkAppId);
    const details = await withoutSenders(db, appId, { ...asked, requestedBy: requestedBy ?? null });
    const { id, created } = await inTransaction(db, async (trx) => {
      const made = await createRecall(trx, {
        appId,
        request: asked,
        requestedBy: requestedBy ?? 'queue',
        source: 'queue',
        // Ids begin again after a wiped Redis; with its creation time a job's id stays its own.
        idempotencyKey: idempotencyKey ?? `job:${job.id}:${job.timestamp}`,
        bounds: { person: '', approveAbove: parts.approveAbove, maxMessages: parts.maxMessages },
      });
      if (made.created) await appendAudit(trx, queueActor, { action: 'recall.create', recallId: made.id, details });
      return made;
    });
    // A person retries a failed job: planning that was given up is taken up again.
    if (!created && (await getRecall(db, appId, id)).state === 'failed') await takeUp(db, id);
    return id;
  } catch (error) {
    if (isRecallError(error)) throw new UnrecoverableError(error.message);
    throw error;
  }
}

/** @throws RecallError `invalid_request` for an app that is not served, and for none where there are several */
function appOf(appIds: readonly number[], named: number | undefined): number {
  const [only, ...others] = appIds;
  if (named === undefined && only !== undefined && others.length === 0) return only;
  if (named !== undefined && appIds.includes(named)) return named;
  const message = `must be ${appIds.length === 1 ? 'the app' : 'one of the apps'} served here: ${appIds.join(', ')}`;
  throw new RecallError('invalid_request', `selector.sdkAppId ${message}`, [{ path: 'selector.sdkAppId', message }]);
}

async function takeUp(db: Db, recallId: string): Promise<void> {
  await inTransaction(db, async (trx) => {
    await retryRecall(trx, recallId);
    await appendAudit(trx, queueActor, { action: 'recall.retry', recallId });
  });
}

async function plan(parts: RecallJobParts, job: Job, recallId: string): Promise<void> {
  const { db, historyOf, hash, onPlanned, onError, signal } = parts;
  try {
    await planRecall(db, recallId, historyOf, hash, onPlanned, signal);
  } catch (error) {
    if (signal.aborted) return;
    // The selector cannot be planned, today or later: a copy of a message that the index does not hold.
    if (isRecallError(error, 'invalid_request')) return failRecall(db, recallId, error.message);
    onError(error, recallId);
    // A producer's job has done its part: the recall is stored, and the reconciler has it planned.
    if (job.name !== planJobName) return;
    if (job.attemptsMade + 1 >= (job.opts.attempts ?? 1))
      await failRecall(db, recallId, `planning failed: ${messageOf(error)}`);
    throw error;
  }
}
