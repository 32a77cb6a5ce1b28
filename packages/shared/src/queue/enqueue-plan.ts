import type { Queue } from 'bullmq';
import { planJobId, planJobName, type PlanJob } from './names.ts';

const planAttempts = { attempts: 5, backoff: { type: 'exponential', delay: 1_000 } } as const;

/**
 * Asks the workers to plan a recall. One job a recall: a finished one of the same id makes room, one
 * that is under way stays.
 */
export async function enqueuePlan(queue: Queue, recallId: string, priority: number): Promise<void> {
  const jobId = planJobId(recallId);
  const existing = await queue.getJob(jobId);
  if (existing !== undefined && ((await existing.isCompleted()) || (await existing.isFailed())))
    await existing.remove();
  const data: PlanJob = { recallId };
  await queue.add(planJobName, data, { jobId, priority, ...planAttempts, removeOnComplete: true });
}
