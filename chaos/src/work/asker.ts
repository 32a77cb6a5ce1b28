import { setTimeout as pause } from 'node:timers/promises';
import type { Violation } from '../checks/check.ts';
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

/** Asks for recalls over the console's API, as a program does that does not give up soon. */
export interface Asker {
  /** Carries a planned recall out: asks for it and, where planned, cancels it. What is refused is told by `unanswered`. */
  ask(planned: PlannedRecall): Promise<void>;
  read(id: string): Promise<RecallView>;
  /** Lets recalls go on that the platform's refusal paused, as a person does who mended the cause. */
  resumePaused(): Promise<void>;
  readonly asked: readonly AskedRecall[];
  /** What the console refused, or would not answer. */
  readonly unanswered: readonly Violation[];
  readonly resumed: number;
}

/** The first pause after a vain try, doubled with each up to the longest, ms. */
const againAfterMs = 300;
const againAtLastMs = 5_000;
const answerWithinMs = 5_000;
/** Of a cancelling. */
const hasEnded = 409;

export function createAsker(parts: {
  readonly url: string;
  readonly token: string;
  readonly places: readonly Place[];
  /** Unix seconds of the beginning of the run. */
  readonly startsAt: number;
  /** Of this run, so that no two share an idempotency key. */
  readonly run: string;
  /** From then on nothing is asked again. */
  readonly patience: AbortSignal;
}): Asker {
  const asked: AskedRecall[] = [];
  const unanswered: Violation[] = [];
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

  /** Until it is answered by the console itself, or patience is at its end. */
  async function insist(path: string, body: object, key?: string): Promise<{ status: number; text: string }> {
    let wait = againAfterMs;
    for (;;) {
      let problem: string;
      try {
        const answer = await request('POST', path, body, key);
        const { status } = answer;
        const text = await answer.text();
        if (status < 500 && status !== 429) return { status, text };
        problem = `HTTP ${status} ${text}`;
      } catch (error) {
        // Killed, stopped, or its database is away.
        problem = String(error);
      }
      if (parts.patience.aborted) throw new Error(`${path} is not answered any more: ${problem}`);
      await pause(wait);
      wait = Math.min(2 * wait, againAtLastMs);
    }
  }

  async function carryOut(planned: PlannedRecall): Promise<void> {
    const body = {
      selector: selectorOf(planned, parts.places, parts.startsAt),
      reason: `chaos ${planned.name}`,
      priority: planned.priority,
    };
    const { status, text } = await insist('recalls', body, `${parts.run}-${planned.name}`);
    if (status >= 300) throw new Error(`HTTP ${status} ${text}`);
    const { id } = JSON.parse(text) as { id: string };
    const recall: AskedRecall = { planned, id, cancelledAt: null };
    asked.push(recall);
    if (planned.cancelAfterMs === null) return;
    await pause(planned.cancelAfterMs);
    const answer = await insist(`recalls/${id}/cancel`, {});
    // The answer to an earlier try may have been lost.
    if (answer.status < 300 || answer.text.includes('that is cancelled')) recall.cancelledAt = preciseNow();
    else if (answer.status !== hasEnded) throw new Error(`cancelling: HTTP ${answer.status} ${answer.text}`);
  }

  async function read(id: string): Promise<RecallView> {
    const answer = await request('GET', `recalls/${id}`);
    if (!answer.ok) throw new Error(`recall ${id}: HTTP ${answer.status}`);
    return (await answer.json()) as RecallView;
  }

  return {
    ask: (planned) =>
      carryOut(planned).catch((error: unknown) => {
        unanswered.push({ at: preciseNow(), what: `${planned.name}: ${String(error)}` });
      }),
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
    unanswered,
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
