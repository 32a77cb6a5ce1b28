import type { Db } from '@chat-recall/shared/db';
import { codeOf, messageOf } from '@chat-recall/shared/errors';
import { startLoop, type Loop } from '@chat-recall/shared/lifecycle';
import type { Log } from '@chat-recall/shared/log';
import { getRecall, noteEndedRecalls, settleDelivery, takeDeliveries } from '@chat-recall/shared/recalls';
import { Webhook } from 'standardwebhooks';

const everyMs = 1_000;
const answerWithinMs = 10_000;
const atOnce = 10;
/** Ends further back than this are not told to a webhook that was only just set, ms. */
const lookBackMs = 24 * 3_600_000;

/**
 * Tells the completion webhook of every end of a recall: `POST` of `{ type: "recall.ended", timestamp,
 * data: recall }`, signed as Standard Webhooks says (`webhook-id`, `webhook-timestamp`,
 * `webhook-signature`), again for about a day until it answers 2xx. The selector stays out: it may name
 * senders and words.
 */
export function startDeliverer(parts: { db: Db; url: string; secret: string; log: Log }): Loop {
  const { db, url, secret, log } = parts;
  const signer = new Webhook(secret);
  const since = new Date(Date.now() - lookBackMs);

  async function deliver(delivery: { id: string; recallId: string; attempts: number }): Promise<void> {
    const { selector: _, ...recall } = await getRecall(db, null, delivery.recallId);
    const now = new Date();
    const body = JSON.stringify({ type: 'recall.ended', timestamp: now.toISOString(), data: recall });
    let outcome: { status: number | null; error: string | null };
    try {
      const response = await fetch(url, {
        method: 'POST',
        headers: {
          'content-type': 'application/json',
          'webhook-id': delivery.id,
          'webhook-timestamp': String(Math.floor(now.getTime() / 1_000)),
          'webhook-signature': signer.sign(delivery.id, now, body),
        },
        body,
        redirect: 'error',
        signal: AbortSignal.timeout(answerWithinMs),
      });
      await response.body?.cancel();
      outcome = { status: response.status, error: response.ok ? null : `HTTP ${response.status}` };
    } catch (error) {
      outcome = { status: null, error: codeOf(error) ?? messageOf(error) };
    }
    if (outcome.error !== null)
      log.warn({ recallId: delivery.recallId, ...outcome }, 'the completion webhook was not told');
    await settleDelivery(db, delivery, outcome);
  }

  async function work(): Promise<void> {
    await noteEndedRecalls(db, since);
    await Promise.all((await takeDeliveries(db, atOnce)).map(deliver));
  }
  return startLoop(everyMs, work, (error) => log.error({ err: error }, 'telling the completion webhook failed'));
}
