import type { RecallRequest } from './generated/api.ts';

/** The part of a BullMQ `Queue` that is used; this package does not depend on bullmq. */
export interface JobQueue<J> {
  readonly name?: string;
  add(name: string, data: RecallJob, options?: { jobId?: string }): Promise<J>;
}

/** Data of a `recall` job on the queue `recall-jobs`. */
export type RecallJob = RecallRequest & {
  /** Who wants it, for the audit: a claim, which the console shows as such. */
  readonly requestedBy?: string | undefined;
  /** The same key makes one recall, however often the job is added; by default the job's id. */
  readonly idempotencyKey?: string | undefined;
};

/** The queue of recall jobs; on Redis under BullMQ's own prefix unless the workers' QUEUE_PREFIX says otherwise. */
export const recallJobsQueue = 'recall-jobs';
export const recallJobName = 'recall';

/**
 * Adds a recall job for the workers. Resolves when the queue has it; invalid data fails the job itself,
 * with a reason that names the field.
 *
 * @param queue BullMQ's `new Queue('recall-jobs', { connection })`
 * @returns what the queue's `add` gives: a job, whose return value will be `{ recallId, state, planned }`
 * @throws TypeError when the queue is another one
 */
export async function enqueueRecallJob<J>(queue: JobQueue<J>, request: RecallJob): Promise<J> {
  if (queue.name !== undefined && queue.name !== recallJobsQueue) {
    throw new TypeError(`the queue must be ${recallJobsQueue}; this one is ${queue.name}`);
  }
  return queue.add(recallJobName, request);
}
