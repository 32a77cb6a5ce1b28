import { codeOf } from '@chat-recall/shared/errors';
import { driftOf, isLargeDrift, type Drift, type Recall } from '@chat-recall/shared/recalls';
import type { ConsoleParts } from '../../parts.ts';
import { Refusal } from '../../http/problem.ts';

/**
 * Refuses to let a plan run when its selector now matches many more or fewer messages than when it was
 * frozen, unless that was confirmed. Counting that takes too long refuses nothing: the plan itself
 * does not change.
 */
export async function refuseDrift(
  { reads, log, text }: Pick<ConsoleParts, 'reads' | 'log' | 'text'>,
  recall: Recall,
  state: Recall['state'],
  confirmed: boolean,
): Promise<void> {
  // In another state the action is refused for that.
  if (confirmed || recall.state !== state) return;
  let drift: Drift | null = null;
  try {
    drift = await driftOf(reads, recall.id, text.hash);
  } catch (error) {
    if (codeOf(error) !== '57014') throw error;
    log.warn({ recallId: recall.id }, 'counting anew took too long; the plan runs as it is');
  }
  if (drift === null || !isLargeDrift(drift)) return;
  const { frozen, now } = drift;
  const detail = `the selector matched ${frozen} messages when the plan was frozen, and matches ${now} now; make a new plan, or confirm with confirmDrift that this one shall run`;
  throw new Refusal('plan_drift', detail, {}, { drift: { frozen, now } });
}
