import { setTimeout as pause } from 'node:timers/promises';
import { callbackSign, createWebhookSender, type CallbackBody, type WebhookSender } from '@chat-recall/simulator';
import { preciseNow } from '../proxy/disturbance.ts';

/** A callback that a receiver said it has. */
export interface Answered {
  readonly owner: string;
  readonly msgSeq: number;
  /** Unix milliseconds. */
  readonly at: number;
  readonly receiver: number;
}

export interface Sender {
  /** Posts them all, each until a receiver has it or nobody wanted it often enough. */
  post(callbacks: readonly CallbackBody[]): Promise<void>;
  readonly answered: readonly Answered[];
  /** Callbacks that no receiver ever took. */
  readonly givenUp: number;
  /** Tries that came to nothing. */
  readonly refused: number;
  /** Every signature that may have been used so far. */
  signs(): string[];
  close(): Promise<void>;
}

/** Rounds over all receivers that a callback gets. */
const rounds = 3;
const roundPauseMs = 400;

/** Posts callbacks to several receivers: to one, and when that refuses or does not answer, to the next. */
export function createSender(options: {
  readonly urls: readonly string[];
  readonly sdkAppId: number;
  readonly token: string;
}): Sender {
  const senders: readonly WebhookSender[] = options.urls.map((url) =>
    createWebhookSender({ url, sdkAppId: options.sdkAppId, token: options.token, connections: 12 }),
  );
  const began = Math.floor(Date.now() / 1_000);
  const answered: Answered[] = [];
  let givenUp = 0;
  let refused = 0;
  let turn = 0;

  async function postOne(callback: CallbackBody): Promise<void> {
    turn += 1;
    const first = turn;
    for (let round = 0; round < rounds; round += 1) {
      for (let at = 0; at < senders.length; at += 1) {
        const receiver = (first + at) % senders.length;
        const delivery = await senders[receiver]?.send(callback);
        if (delivery?.ok === true && isOk(delivery.body)) {
          const owner = String(callback['TopicId'] ?? callback['GroupId']);
          answered.push({ owner, msgSeq: Number(callback['MsgSeq']), at: preciseNow(), receiver: receiver + 1 });
          return;
        }
        refused += 1;
      }
      await pause(roundPauseMs);
    }
    givenUp += 1;
  }

  return {
    async post(callbacks) {
      await Promise.all(callbacks.map(postOne));
    },
    answered,
    get givenUp() {
      return givenUp;
    },
    get refused() {
      return refused;
    },
    signs() {
      const seconds = Math.floor(Date.now() / 1_000) - began + 2;
      return Array.from({ length: seconds }, (_, at) => callbackSign(options.token, began - 1 + at));
    },
    async close() {
      await Promise.all(senders.map((sender) => sender.close()));
    },
  };
}

function isOk(body: string): boolean {
  const answer = JSON.parse(body) as { ActionStatus?: string; ErrorCode?: number };
  return answer.ActionStatus === 'OK' && answer.ErrorCode === 0;
}
