import { orAfter } from '@chat-recall/shared/lifecycle';
import { enqueuePlan } from '@chat-recall/shared/queue';
import { priorityNumber, type Recall } from '@chat-recall/shared/recalls';
import type { ConsoleParts } from '../../parts.ts';

/** How long a request waits for the queue, ms. */
const waitMs = 2_000;

/**
 * Asks the workers to plan a recall that waits for it. Without the queue nothing is lost: the recall is
 * stored, and the worker's reconciler finds it; so this neither fails nor waits for long.
 */
export async function enqueuePromptly(
  { jobs, log }: Pick<ConsoleParts, 'jobs' | 'log'>,
  recall: Recall,
): Promise<void> {
  if (recall.state !== 'planning') return;
  try {
    // It may still succeed, or fail, after the wait.
    await orAfter(enqueuePlan(jobs, recall.id, priorityNumber(recall.priority)), waitMs, () => {
      throw new Error(`the queue did not answer within ${waitMs} ms`);
    });
  } catch (error) {
    log.warn(
      { err: error, recallId: recall.id },
      'the recall is stored but could not be enqueued; the reconciler will find it',
    );
  }
}
