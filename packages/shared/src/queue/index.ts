export { UnrecoverableError, type Job, type Queue, type Worker } from 'bullmq';
export { enqueuePlan } from './enqueue-plan.ts';
export { connectQueues, type QueueConnection, type QueueSettings } from './connection.ts';
export {
  batchJobId,
  batchJobName,
  keepJobs,
  planJobId,
  planJobName,
  recallBatchesQueue,
  recallJobsQueue,
  type BatchJob,
  type PlanJob,
} from './names.ts';
