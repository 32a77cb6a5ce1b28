import { setTimeout as delay } from 'node:timers/promises';

interface Recall {
  readonly id: string;
  readonly finishedAt: string | null;
  readonly counts: Readonly<Record<string, number>>;
}

export interface Recalling {
  /** Recalls that ended, and messages that they took back. */
  readonly done: { readonly recalls: number; readonly messages: number };
  stop(): Promise<void>;
}

/** Messages of one recall at most; at 180 calls a second it is over in some seconds. */
const largest = 500;

/** Takes back what has come since the recall before, one after another, over the admin API. */
export function recallAllTheTime(url: string, token: string): Recalling {
  const done = { recalls: 0, messages: 0 };
  let stopped = false;
  async function ask<T>(path: string, init: RequestInit = {}): Promise<T> {
    const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
    const answer = await fetch(`${url}/api/v1/${path}`, { ...init, headers });
    if (!answer.ok) throw new Error(`${answer.status} ${await answer.text()}`);
    return (await answer.json()) as T;
  }
  async function run(): Promise<void> {
    let from = new Date(0).toISOString();
    while (!stopped) {
      await delay(1_000);
      const { items } = await ask<{ items: { sentAt: string }[] }>('messages?limit=1');
      const to = items[0]?.sentAt;
      // On a busy machine callbacks may lag behind.
      if (to === undefined || to === from) continue;
      const selector = { sentFrom: from, sentTo: to, limit: largest };
      from = to;
      let recall = await ask<Recall>('recalls', { method: 'POST', body: JSON.stringify({ selector, reason: 'soak' }) });
      while (recall.finishedAt === null && !stopped) {
        await delay(250);
        recall = await ask<Recall>(`recalls/${recall.id}`);
      }
      if (recall.finishedAt === null) return;
      done.recalls += 1;
      done.messages += recall.counts['recalled'] ?? 0;
    }
  }
  const running = run();
  // Told when it is stopped.
  running.catch(() => {});
  return {
    done,
    async stop() {
      stopped = true;
      await running;
    },
  };
}
