export { UnrecoverableError, type Job, type Queue } from 'bullmq';
export { defaultQueueSchema, ensureQueueSchema } from './ensure-schema.ts';
export { enqueuePlan } from './enqueue-plan.ts';
export { connectQueues, type QueueConnection, type QueueSettings } from './connection.ts';
export type { QueueWorker, QueueWorkerOptions } from './queue-worker.ts';
export {
  batchJobId,
  batchJobName,
  keepBatches,
  keepJobs,
  planJobId,
  planJobName,
  recallBatchesQueue,
  recallJobsQueue,
  type BatchJob,
  type PlanJob,
} from './names.ts';
