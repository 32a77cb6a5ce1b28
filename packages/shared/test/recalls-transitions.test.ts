import { afterAll, beforeAll, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { createDb, createPool, type Db, type OutcomeState, type Pool, type RecallState } from '@chat-recall/shared/db';
import { isRecallError } from '@chat-recall/shared/errors';
import { insertMessages, internConversations } from '@chat-recall/shared/messages';
import { createRecall, parseOrThrow, recallRequestSchema } from '@chat-recall/shared/recalls';
import { createTestDatabase, type TestDatabase } from '@chat-recall/testkit';
import { operationsOn, weights, type Name } from './recall-operations.ts';

let database: TestDatabase;
let pool: Pool;
let db: Db;
beforeAll(async () => {
  database = await createTestDatabase();
  pool = createPool({ databaseUrl: database.url, name: 'test' });
  db = createDb(pool);
});
afterAll(async () => {
  await db.destroy();
  await database.drop();
});

/** Where a recall may go from each state. */
const recallMay: Readonly<Record<RecallState, readonly RecallState[]>> = {
  planning: ['planned', 'awaiting_approval', 'running', 'paused', 'cancelled', 'failed'],
  planned: ['running', 'awaiting_approval', 'cancelled'],
  awaiting_approval: ['running', 'cancelled'],
  running: ['paused', 'completed', 'completed_with_failures', 'cancelled'],
  paused: ['running', 'planning', 'cancelled'],
  completed: [],
  completed_with_failures: ['running'],
  failed: ['planning'],
  cancelled: [],
};
/** Where an outcome may go; what was settled stays, but for what failed when somebody retries it. */
const outcomeMay: Readonly<Record<OutcomeState, readonly OutcomeState[]>> = {
  pending: ['recalled', 'not_found', 'expired', 'not_recallable', 'failed', 'unknown', 'cancelled'],
  unknown: ['recalled', 'not_found', 'expired', 'not_recallable', 'failed', 'pending'],
  failed: ['pending'],
  recalled: [],
  not_found: [],
  expired: [],
  not_recallable: [],
  cancelled: [],
};
type BatchState = 'waiting' | 'queued' | 'running' | 'done';
const batchMay: Readonly<Record<BatchState, readonly BatchState[]>> = {
  waiting: ['queued', 'done'],
  queued: ['waiting', 'running', 'done'],
  running: ['waiting', 'done'],
  done: ['waiting', 'queued'],
};

interface Seen {
  readonly recall: RecallState;
  readonly outcomes: ReadonlyMap<string, OutcomeState>;
  readonly batches: ReadonlyMap<string, BatchState>;
}
const outcomeStates = Object.keys(outcomeMay) as OutcomeState[];

/** What stands in the tables; the counts are those of the rows. */
async function look(id: string): Promise<Seen> {
  const [recalls, outcomes, batches, counters] = await Promise.all([
    pool.query<{ state: RecallState }>('select state from recalls where id = $1', [id]),
    pool.query<{ key: string; state: OutcomeState }>(
      `select conversation_id || ' ' || msg_seq as key, state from outcomes where recall_id = $1`,
      [id],
    ),
    pool.query<{ key: string; state: BatchState }>(
      `select conversation_id || ' ' || part as key, state from batches where recall_id = $1`,
      [id],
    ),
    pool.query<Record<OutcomeState | 'batches_done', number>>(
      `select ${[...outcomeStates, 'batches_done'].map((name) => `sum(${name})::bigint as ${name}`).join(', ')}
         from recall_counters where recall_id = $1`,
      [id],
    ),
  ]);
  const counted = Object.fromEntries(
    outcomeStates.map((state) => [state, outcomes.rows.filter((row) => row.state === state).length]),
  );
  const done = batches.rows.filter(({ state }) => state === 'done').length;
  expect(counters.rows[0]).toEqual({ ...counted, batches_done: done });
  return {
    recall: recalls.rows[0]?.state ?? 'failed',
    outcomes: new Map(outcomes.rows.map(({ key, state }) => [key, state])),
    batches: new Map(batches.rows.map(({ key, state }) => [key, state])),
  };
}

function judge(before: Seen, after: Seen, operation: string): void {
  const retried = operation === 'retry' || operation === 'retryJob';
  const steps = [
    { from: before.recall, to: after.recall, may: recallMay[before.recall] },
    ...[...before.outcomes].map(([key, from]) => {
      const may = outcomeMay[from].filter((to) => to !== 'pending' || retried);
      return { from, to: after.outcomes.get(key), may };
    }),
    ...[...before.batches].map(([key, from]) => {
      const may = batchMay[from].filter(() => from !== 'done' || retried);
      return { from, to: after.batches.get(key), may };
    }),
  ];
  for (const { from, to, may } of steps) {
    if (from !== to && !(may as readonly unknown[]).includes(to)) {
      throw new Error(`${operation} has led from ${from} to ${to}`);
    }
  }
}

async function someRecall(appId: number, sizes: readonly number[], mode: string): Promise<string> {
  const groups = sizes.map((_, at) => ({ appId, groupId: `g${at}`, topicId: '', groupType: '' }));
  const ids = await internConversations(db, groups);
  await insertMessages(
    pool,
    sizes.flatMap((size, at) =>
      Array.from({ length: size }, (_, n) => ({
        conversationId: Number(ids[at]),
        msgSeq: n + 1,
        appId,
        msgTime: Date.now() - n,
        receivedAt: Date.now(),
        messageTypes: 1,
        sender: 's',
        text: '',
        folded: null,
        pieces: [],
        raw: null,
      })),
    ),
  );
  const request = parseOrThrow(recallRequestSchema, { selector: { senders: ['s'] }, reason: 'r', mode });
  const bounds = { person: 'ann', approveAbove: mode === 'plan' ? null : 12, maxMessages: null };
  const made = { appId, request, requestedBy: 'ann', source: 'api' as const, idempotencyKey: null };
  const { id } = await createRecall(db, { ...made, ...(sizes.length % 2 === 0 ? { bounds } : {}) });
  return id;
}

const operation = fc.constantFrom(
  ...Object.entries(weights).flatMap(([one, weight]) => Array<Name>(weight).fill(one as Name)),
);

test('whatever people, workers and accidents do in whatever order: nothing leaves its road, and counts are the rows', async () => {
  let appId = 0;
  const taken = new Set<string>();
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.integer({ min: 1, max: 25 }), { minLength: 1, maxLength: 4 }),
      fc.constantFrom('plan', 'execute'),
      fc.array(fc.tuple(operation, fc.nat(10_000)), { minLength: 20, maxLength: 60 }),
      async (sizes, mode, steps) => {
        appId += 1;
        const id = await someRecall(appId, sizes, mode);
        const operations = operationsOn(pool, appId, id);
        let before = await look(id);
        for (const [name, luck] of [['plan', 0] as const, ...steps]) {
          try {
            await operations[name](luck);
          } catch (error) {
            // What may not be done now says so, and changes nothing.
            if (!isRecallError(error)) throw error;
            expect(await look(id)).toEqual(before);
          }
          const after = await look(id);
          judge(before, after, name);
          if (before.recall !== after.recall) taken.add(`${before.recall} → ${after.recall}`);
          before = after;
        }
      },
    ),
    { numRuns: 30, seed: 23, endOnFailure: true },
  );
  // Enough of the roads were walked for this to mean something.
  expect([...taken]).toEqual(
    expect.arrayContaining(['planned → running', 'running → paused', 'paused → running', 'running → cancelled']),
  );
  expect(taken.size).toBeGreaterThanOrEqual(8);
});
