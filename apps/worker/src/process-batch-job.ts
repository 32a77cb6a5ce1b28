import { appendAudit } from '@chat-recall/shared/audit';
import { inTransaction, type Db } from '@chat-recall/shared/db';
import { isRecallError } from '@chat-recall/shared/errors';
import { UnrecoverableError, type Job } from '@chat-recall/shared/queue';
import { reopenBatch } from '@chat-recall/shared/recalls';
import { meaningOf } from '@chat-recall/shared/tencent';
import { z } from 'zod';
import { callBatch, type BatchEnd, type CallParts } from './call-batch.ts';
import { queueActor } from './process-recall-job.ts';

const batchJob = z.object({
  recallId: z.uuid(),
  conversationId: z.int(),
  part: z.int(),
  round: z.int(),
  groupId: z.string(),
  topicId: z.string().nullable(),
  sdkAppId: z.int(),
});

/**
 * A job of `recall-batches`: one batch, one run. It fails when a sequence of its batch has ended
 * `failed`, so that the queue UI shows it; retrying it there takes those sequences up again.
 */
export function createBatchProcessor(db: Db, partsOf: (sdkAppId: number) => CallParts | undefined) {
  return async (job: Job): Promise<BatchEnd> => {
    const parsed = batchJob.safeParse(job.data);
    if (!parsed.success) {
      const [issue] = parsed.error.issues;
      throw new UnrecoverableError(`not a batch of a recall: ${issue?.path.join('.')} ${issue?.message}`);
    }
    const parts = partsOf(parsed.data.sdkAppId);
    if (parts === undefined) throw new UnrecoverableError(`app ${parsed.data.sdkAppId} is not served here`);
    // Starts after a stall are not a person's doing: they find the batch as it is.
    const starts = job.attemptsStarted - job.stalledCounter;
    if (starts > 1) await reopen(db, parsed.data, starts);
    const end = await callBatch(parts, parsed.data, job.priority, starts);
    if (end.kind === 'done' && end.failed > 0) {
      const words = end.codes.map((code) => `${code}: ${meaningOf(code).en}`);
      throw new UnrecoverableError([`${end.failed} of the batch failed.`, ...words].join(' '));
    }
    return end;
  };
}

async function reopen(db: Db, batch: z.output<typeof batchJob>, starts: number): Promise<void> {
  try {
    await inTransaction(db, async (trx) => {
      if (!(await reopenBatch(trx, batch, starts))) return;
      const { recallId, conversationId, part } = batch;
      await appendAudit(trx, queueActor, { action: 'recall.retry', recallId, details: { conversationId, part } });
    });
  } catch (error) {
    if (isRecallError(error)) throw new UnrecoverableError(error.message);
    throw error;
  }
}
