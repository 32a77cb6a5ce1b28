import { printable } from '../printable.ts';
import type { Words } from '../words/words.ts';
import { check, type Check } from './check.ts';

const timeoutMs = 10_000;

/** Whether the receiver's URL is reached from here. A GET is no callback: the receiver refuses it in its own form. */
export async function checkWebhook(url: string | undefined, words: Words): Promise<Check> {
  if (url === undefined) return check('webhook', 'skipped', words.doctorWebhookSkipped);
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(timeoutMs), redirect: 'manual' });
    if (!(await isReceiver(response))) {
      return check('webhook', 'failed', words.doctorWebhookOther(response.status), words.doctorWebhookOtherAdvice);
    }
    const told = words.doctorWebhookOk(response.status);
    if (isPlain(url)) return check('webhook', 'warning', told, words.doctorWebhookHttp);
    return check('webhook', 'ok', told);
  } catch (error) {
    const why = error instanceof Error && error.cause instanceof Error ? error.cause.message : String(error);
    return check('webhook', 'failed', words.doctorWebhookAway(printable(why)), words.doctorWebhookAdvice);
  }
}

async function isReceiver(response: Response): Promise<boolean> {
  try {
    const body: unknown = JSON.parse(await response.text());
    return typeof body === 'object' && body !== null && 'ActionStatus' in body;
  } catch {
    return false;
  }
}

/** Messages in the clear matter beyond this machine only. */
function isPlain(url: string): boolean {
  const { protocol, hostname } = new URL(url);
  return protocol === 'http:' && !['127.0.0.1', 'localhost', '[::1]'].includes(hostname);
}
