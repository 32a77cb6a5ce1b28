import { setTimeout as pause } from 'node:timers/promises';
import { preciseNow } from '../proxy/disturbance.ts';
import type { PlannedRecall } from '../plan/recalls.ts';
import { scene } from '../plan/scene.ts';
import { senderName, word, type Place } from './writers.ts';

/** A recall that was asked for, as the asker knows it. */
export interface AskedRecall {
  readonly planned: PlannedRecall;
  readonly id: string;
  /** When the cancelling was answered, Unix milliseconds; null: it was not cancelled, or had ended before. */
  cancelledAt: number | null;
}

/** What the API says of a recall, as far as it is looked at. */
export interface RecallView {
  readonly id: string;
  readonly state: string;
  readonly stateNote: string | null;
  readonly counts: Readonly<Record<string, number>>;
  readonly batches: { readonly total: number; readonly done: number };
  readonly finishedAt: string | null;
}

/** Asks for recalls over the console's API, as a program does that does not give up. */
export interface Asker {
  /** Carries a planned recall out: asks for it and, where planned, cancels it. */
  ask(planned: PlannedRecall): Promise<void>;
  read(id: string): Promise<RecallView>;
  /** Lets recalls go on that the platform's refusal paused, as a person does who mended the cause. */
  resumePaused(): Promise<void>;
  readonly asked: readonly AskedRecall[];
  readonly resumed: number;
}

const againAfterMs = 300;
const answerWithinMs = 5_000;

export function createAsker(parts: {
  readonly url: string;
  readonly token: string;
  readonly places: readonly Place[];
  /** Unix seconds of the beginning of the run. */
  readonly startsAt: number;
  /** Of this run, so that no two share an idempotency key. */
  readonly run: string;
}): Asker {
  const asked: AskedRecall[] = [];
  let resumed = 0;

  async function request(method: string, path: string, body?: object, key?: string): Promise<Response> {
    return fetch(`${parts.url}/api/v1/${path}`, {
      method,
      headers: {
        authorization: `Bearer ${parts.token}`,
        'content-type': 'application/json',
        ...(key !== undefined && { 'idempotency-key': key }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      signal: AbortSignal.timeout(answerWithinMs),
    });
  }

  /** Until it is answered by the console itself. */
  async function insist(method: string, path: string, body?: object, key?: string): Promise<Response> {
    for (;;) {
      try {
        const answer = await request(method, path, body, key);
        if (answer.status < 500 && answer.status !== 429) return answer;
        await answer.body?.cancel();
      } catch {
        // Killed, stopped, or its database is away.
      }
      await pause(againAfterMs);
    }
  }

  async function read(id: string): Promise<RecallView> {
    const answer = await request('GET', `recalls/${id}`);
    if (!answer.ok) throw new Error(`recall ${id}: HTTP ${answer.status}`);
    return (await answer.json()) as RecallView;
  }

  return {
    async ask(planned) {
      const body = {
        selector: selectorOf(planned, parts.places, parts.startsAt),
        reason: `chaos ${planned.name}`,
        priority: planned.priority,
      };
      const answer = await insist('POST', 'recalls', body, `${parts.run}-${planned.name}`);
      if (!answer.ok) throw new Error(`${planned.name}: HTTP ${answer.status} ${await answer.text()}`);
      const { id } = (await answer.json()) as { id: string };
      const recall: AskedRecall = { planned, id, cancelledAt: null };
      asked.push(recall);
      if (planned.cancelAfterMs === null) return;
      await pause(planned.cancelAfterMs);
      const cancelled = await insist('POST', `recalls/${id}/cancel`, {});
      const at = preciseNow();
      const text = await cancelled.text();
      // The answer to an earlier try may have been lost.
      if (cancelled.ok || text.includes('that is cancelled')) recall.cancelledAt = at;
    },
    read,
    async resumePaused() {
      for (const { id } of asked) {
        const recall = await read(id).catch(() => null);
        if (recall?.state !== 'paused') continue;
        const answer = await request('POST', `recalls/${id}/resume`, {}).catch(() => null);
        if (answer?.ok === true) resumed += 1;
      }
    },
    asked,
    get resumed() {
      return resumed;
    },
  };
}

function selectorOf({ pick }: PlannedRecall, places: readonly Place[], startsAt: number): object {
  const groupIds = (groups: readonly number[]): object =>
    groups.length === 0 ? {} : { groupIds: groups.flatMap((at) => places[at]?.groupId ?? []) };
  switch (pick.by) {
    case 'sender':
      return { senders: [senderName(pick.sender)] };
    case 'keyword':
      return { keywords: [word(pick.word)], ...groupIds(pick.groups) };
    case 'window': {
      const at = (share: number): string =>
        new Date((startsAt - Math.round((1 - share) * scene.secondsBefore)) * 1_000).toISOString();
      return { sentFrom: at(pick.from), sentTo: at(pick.to), ...groupIds(pick.groups) };
    }
  }
}
