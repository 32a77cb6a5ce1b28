import type { JobsOptions } from 'bullmq';

/** Recall jobs of producers, and the recalls that the console made, to be planned. */
export const recallJobsQueue = 'recall-jobs';
/** One job = one batch of up to ten sequences of one conversation. */
export const recallBatchesQueue = 'recall-batches';

/** Name of a job in `recall-jobs` for a recall that is already a row; any other job there is a producer's request. */
export const planJobName = 'plan';
/** Name of the jobs in `recall-batches`. */
export const batchJobName = 'batch';

/** Data of a `plan` job. */
export interface PlanJob {
  readonly recallId: string;
}

/** Data of a `batch` job: what to look at. What is to be done stands in the tables. */
export interface BatchJob {
  readonly sdkAppId: number;
  readonly recallId: string;
  readonly conversationId: number;
  readonly part: number;
  readonly round: number;
  readonly groupId: string;
  readonly topicId: string | null;
  readonly msgSeqs: readonly number[];
}

/** Finished jobs stay for the queue UI, bounded: the truth is in the tables. */
export const keepJobs = {
  removeOnComplete: { count: 1_000, age: 86_400 },
  removeOnFail: { count: 10_000, age: 14 * 86_400 },
};

/**
 * As above for batches. On Postgres those that are done stay for a minute, and are not counted: for that, each that is
 * done would look through all that are kept, 2 ms with one worker and 7 with eight, which run into deadlocks over it.
 */
export function keepBatches(backend: 'redis' | 'postgres'): JobsOptions {
  return backend === 'redis' ? keepJobs : { ...keepJobs, removeOnComplete: { age: 60 } };
}

/** One batch, one round, one job: adding it twice is a no-op. No `:` and not digits alone, as BullMQ wants. */
export function batchJobId(job: Pick<BatchJob, 'recallId' | 'conversationId' | 'part' | 'round'>): string {
  return `${job.recallId}-${job.conversationId}-${job.part}-${job.round}`;
}

/** Id of the `plan` job of a recall. */
export function planJobId(recallId: string): string {
  return `plan-${recallId}`;
}
