import { createDb, type Pool } from '@chat-recall/shared/db';
import {
  approveRecall,
  beginBatch,
  cancelRecall,
  executeRecall,
  expireApprovals,
  expireLeases,
  feedBatches,
  finishAttempt,
  finishGroup,
  finishRecalls,
  pauseRecall,
  planRecall,
  reopenBatch,
  resumeRecall,
  retryRecall,
  settle,
  stopRecall,
  sweepCancelled,
  unqueueBatches,
  type FedBatch,
} from '@chat-recall/shared/recalls';
import type { RecallAnswer } from '@chat-recall/shared/tencent';

const answers: readonly RecallAnswer[] = [
  { kind: 'lost', httpStatus: null, cause: 'ECONNRESET' },
  { kind: 'not_sent', httpStatus: null, cause: 'ECONNREFUSED' },
  ...[10010, 60007, 99_999, 10041].map((errorCode): RecallAnswer => {
    return { kind: 'answered', errorCode, httpStatus: 200, body: new Map() };
  }),
];
const itemCodes = [0, 0, 10030, 10031, 10032, 10004, 60007, 99_999, 10007];

/** What may happen, and how often. */
export const weights = {
  plan: 1,
  execute: 2,
  approve: 1,
  pause: 1,
  resume: 1,
  cancel: 1,
  retry: 1,
  stop: 1,
  feed: 3,
  call: 4,
  die: 1,
  late: 1,
  unqueue: 1,
  finish: 2,
  sweep: 1,
  expireLeases: 1,
  expireApprovals: 1,
  retryJob: 1,
} as const;
export type Name = keyof typeof weights;

/** One recall with what a worker would have in its hands; each operation draws from its luck what it does. */
export function operationsOn(
  pool: Pool,
  appId: number,
  id: string,
): Readonly<Record<Name, (luck: number) => Promise<unknown>>> {
  const db = createDb(pool);
  const queue: FedBatch[] = [];
  const done: FedBatch[] = [];
  /** Attempts of workers that are slow: they answer after their lease is over, or never. */
  const slow: (() => Promise<void>)[] = [];
  const person = { name: 'ann', person: 'ann' };

  async function begin(luck: number): Promise<(() => Promise<void>) | undefined> {
    const batch = queue.shift();
    if (batch === undefined) return undefined;
    done.push(batch);
    const worker = { name: 'w', starts: 1, leaseSeconds: 60 };
    const begun = await beginBatch(db, { ...batch, sdkAppId: appId }, worker);
    if (begun === null || begun.attemptId === null) return undefined;
    const { attemptId: attempt, fence, open } = begun;
    return async () => {
      const whole = answers[luck % (2 * answers.length)];
      const items = new Map(open.map(({ msgSeq }) => [msgSeq, itemCodes[(luck + msgSeq) % itemCodes.length] ?? 0]));
      const answer: RecallAnswer = whole ?? { kind: 'answered', errorCode: 0, httpStatus: 200, body: items };
      const decision = settle(open, answer, Date.now());
      if (decision.stop !== null) await stopRecall(db, id, decision.stop);
      await finishAttempt(db, {
        key: { recallId: id, conversationId: batch.conversationId, part: batch.part, fence },
        attempt: { id: attempt, answer },
        verdicts: decision.verdicts,
        next: decision.open.length > 0 || decision.split.length > 0 ? 'waiting' : 'done',
        pauseMs: 0,
        sent: null,
      });
      if (decision.group !== null) await finishGroup(db, id, batch.conversationId, decision.group);
    };
  }

  return {
    plan: () => planRecall(db, id),
    execute: (luck) => executeRecall(db, id, { ...person, approveAbove: luck % 2 === 0 ? 5 : null, maxMessages: null }),
    approve: () => approveRecall(db, id, { name: 'bob', person: 'bob' }),
    pause: () => pauseRecall(db, id),
    resume: () => resumeRecall(db, id),
    cancel: async (luck) => (luck % 3 === 0 ? cancelRecall(db, id) : undefined),
    retry: () => retryRecall(db, id),
    stop: (luck) => (luck % 4 === 0 ? stopRecall(db, id, 10041) : Promise.resolve()),
    feed: async () => void queue.push(...(await feedBatches(db, appId, 3))),
    unqueue: async () => unqueueBatches(db, queue.splice(0)),
    call: async (luck) => (await begin(luck))?.(),
    die: async (luck) => {
      const answer = await begin(luck);
      if (answer !== undefined) slow.push(answer);
    },
    late: async () => slow.shift()?.(),
    expireLeases: async () => {
      await pool.query(`update batches set lease_until = now() - interval '1 s' where state = 'running'`);
      await expireLeases(db);
    },
    expireApprovals: async (luck) => {
      if (luck % 4 === 0) await pool.query(`update recalls set awaiting_since = awaiting_since - interval '4 days'`);
      await expireApprovals(db);
    },
    finish: () => finishRecalls(db),
    sweep: () => sweepCancelled(db),
    retryJob: async (luck) => {
      const batch = done[luck % Math.max(1, done.length)];
      if (batch !== undefined) await reopenBatch(db, batch, luck % 5);
    },
  };
}
