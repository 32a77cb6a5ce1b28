import { ApiError, type Client, type Plan, type Recall, type RecallRequest } from '@chat-recall/client';
import type { Desk } from './desk.ts';
import { CommandFailure } from './exit-status.ts';
import { noteOf } from './show-recall.ts';

/** Makes a recall whose plan is frozen, and waits until it is; an earlier one with the same key may be further. */
export async function planFirst(
  desk: Desk,
  client: Client,
  request: RecallRequest,
  options: { readonly idempotencyKey?: string; readonly json?: boolean },
): Promise<{ recall: Recall; plan: Plan }> {
  if (options.json !== true) desk.terminal.status(desk.words.planning);
  const { id } = await client.recalls.create(request, { idempotencyKey: options.idempotencyKey });
  const recall = await client.recalls.wait(id, {
    everyMs: 200,
    onProgress: ({ check }) => {
      if (options.json !== true && check?.state === 'running')
        desk.terminal.status(desk.words.proof.checking(check.checked));
    },
    until: ({ state }) => state !== 'planning',
  });
  desk.terminal.status('');
  if (recall.state === 'failed') throw new CommandFailure('plan_failed', noteOf(recall, desk) ?? recall.state);
  return { recall, plan: await client.recalls.plan(id) };
}

const defaultConfirmAbove = 100;

/** Above how many messages the number must be typed; an older console does not say. */
export async function confirmAboveOf(client: Client): Promise<number> {
  try {
    return (await client.session()).settings.confirmAbove;
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    return defaultConfirmAbove;
  }
}
