import { createDb, createPool, type Db, type OutcomeState, type Pool } from '@chat-recall/shared/db';
import { fold, insertMessages, internConversations, pieces } from '@chat-recall/shared/messages';
import { connectQueues, enqueuePlan, recallBatchesQueue, recallJobsQueue, type Queue } from '@chat-recall/shared/queue';
import {
  createRecall,
  executeRecall,
  getRecall,
  listOutcomes,
  parseOrThrow,
  priorityNumber,
  recallRequestSchema,
  type Outcome,
  type Recall,
} from '@chat-recall/shared/recalls';
import { createStandIn, type GroupType, type StandIn, type StandInOptions } from '@chat-recall/simulator';
import { canary, createTestDatabase, eventually, type QueueBackend, testLog } from '@chat-recall/testkit';
import type { WorkerConfig } from '../src/worker.ts';
import { startWorker, type RecallWorker } from '../src/worker.ts';

export const appId = 1_400_000_000;
const secretKey = '0f1e2d3c4b5a69788796a5b4c3d2e1f00f1e2d3c4b5a69788796a5b4c3d2e1f0';

/** For what has nothing to do with queues. */
export const postgresBackend: QueueBackend = {
  name: 'postgres',
  prefix: 'rig',
  redisUrl: async () => null,
  environment: async () => ({}),
};

export interface Sent {
  readonly groupId: string;
  readonly topicId: string | null;
  readonly from: string;
  readonly text: string;
  readonly msgSeq: number;
  readonly msgTime: number;
}

/** A database, a stand-in, both queues and as many workers as a test starts. */
export interface Rig {
  readonly db: Db;
  readonly pool: Pool;
  readonly standIn: StandIn;
  readonly jobs: Queue;
  readonly batches: Queue;
  /** For a worker that is a process of its own. */
  readonly environment: Readonly<Record<string, string>>;
  group(groupId: string, type?: GroupType, topics?: string[]): string[];
  /** Puts messages that the stand-in has into the index, as a receiver does. */
  index(sent: readonly Sent[]): Promise<void>;
  /** Writes in the stand-in's group and puts it into the index. */
  say(
    messages: readonly { groupId: string; topicId?: string; from?: string; text?: string; msgTime?: number }[],
  ): Promise<Sent[]>;
  worker(overrides?: Partial<WorkerConfig>): Promise<RecallWorker>;
  /** Has the queue of batches lose all that is in it. */
  loseBatches(): Promise<void>;
  recall(request: unknown): Promise<string>;
  execute(id: string): Promise<void>;
  read(id: string): Promise<Recall>;
  /** Waits until the plan of a recall in mode `plan` is frozen. */
  planned(id: string): Promise<unknown>;
  /** Waits until the recall has ended, and checks its counts against its outcomes. */
  ended(id: string): Promise<Recall>;
  outcomes(id: string, states?: OutcomeState[]): Promise<Outcome[]>;
  /** Sequences of every recall call that reached the stand-in, in order. */
  calls(): number[][];
  stop(): Promise<void>;
}

export async function startRig(backend: QueueBackend, options: Partial<StandInOptions> = {}): Promise<Rig> {
  const database = await createTestDatabase();
  const pool = createPool({ databaseUrl: database.url, name: 'test' });
  const db = createDb(pool);
  const standIn = await createStandIn({ sdkAppId: appId, secretKey, ...options });
  const redisUrl = (await backend.redisUrl()) ?? undefined;
  // Each test has queues of its own.
  const prefix = `${backend.prefix}_${Math.random().toString(36).slice(2, 8)}`;
  const queues = await connectQueues({ redisUrl, databaseUrl: database.url, prefix, onError: () => {} });
  if (redisUrl === undefined) await database.makeQueues(prefix);
  const jobs = queues.queue(recallJobsQueue);
  const batches = queues.queue(recallBatchesQueue);
  const workers: RecallWorker[] = [];

  const rig: Rig = {
    db,
    pool,
    standIn,
    jobs,
    batches,
    environment: {
      DATABASE_URL: database.as('worker'),
      ...(redisUrl === undefined ? {} : { REDIS_URL: redisUrl }),
      QUEUE_PREFIX: prefix,
      TENCENT_SDK_APP_ID: String(appId),
      TENCENT_SECRET_KEY: secretKey,
      TENCENT_API_URL: standIn.url,
      WORKER_PORT: '0',
    },
    group: (groupId, type = 'Public', topics) =>
      standIn.addGroup({ groupId, type, ...(topics === undefined ? {} : { topics }) }).topicIds,
    async say(messages) {
      const sent = messages.map(({ groupId, topicId, from = 'spammer', text = `hello ${canary}`, msgTime }): Sent => {
        const told = standIn.send({ groupId, topicId, from, text, ...(msgTime === undefined ? {} : { msgTime }) });
        return { groupId, topicId: topicId ?? null, from, text, msgSeq: told.msgSeq, msgTime: told.msgTime };
      });
      await rig.index(sent);
      return sent;
    },
    async index(sent) {
      const ids = await internConversations(
        db,
        sent.map(({ groupId, topicId }) => ({ appId, groupId, topicId: topicId ?? '', groupType: '' })),
      );
      for (let from = 0; from < sent.length; from += 1_000) {
        await insertMessages(
          pool,
          sent.slice(from, from + 1_000).map(({ msgSeq, msgTime, from: sender, text }, at) => ({
            conversationId: Number(ids[from + at]),
            msgSeq,
            appId,
            msgTime: msgTime * 1_000,
            receivedAt: Date.now(),
            messageTypes: 1,
            sender,
            text,
            folded: fold(text),
            pieces: pieces(fold(text)),
            raw: null,
          })),
        );
      }
    },
    async worker(overrides = {}) {
      const worker = await startWorker(
        {
          DATABASE_URL: database.as('worker'),
          DATABASE_POOL_SIZE: 8,
          REDIS_URL: redisUrl,
          QUEUE_PREFIX: prefix,
          QUEUE_APPROVAL_ABOVE: 0,
          QUEUE_MAX_MESSAGES: undefined,
          TENCENT_SDK_APP_ID: appId,
          TENCENT_APPS: undefined,
          TENCENT_SECRET_KEY: secretKey,
          TENCENT_ADMIN: 'administrator',
          TENCENT_API_URL: standIn.url,
          TENCENT_CALLS_PER_SECOND: 180,
          TENCENT_HISTORY_CALLS_PER_SECOND: 150,
          TENCENT_SEND_REASON: false,
          TENCENT_TIMEOUT_MS: 3_100,
          RECALL_VERIFY: 'unconfirmed',
          RECALL_VERIFY_SENDERS_ABOVE: 0,
          WORKER_HOST: '127.0.0.1',
          WORKER_PORT: 0,
          WORKER_CONCURRENCY: 20,
          WORKER_BACKFILL_AT_ONCE: 1,
          MESSAGE_RETENTION_DAYS: 90,
          EVIDENCE_RETENTION_DAYS: 180,
          RECALL_RETENTION_DAYS: 400,
          INDEX_TEXT: 'full',
          INDEX_TEXT_KEY: undefined,
          COMPLETION_WEBHOOK_URL: undefined,
          COMPLETION_WEBHOOK_SECRET: undefined,
          LOG_LEVEL: 'silent',
          ...overrides,
        },
        testLog('worker'),
      );
      workers.push(worker);
      return worker;
    },
    async loseBatches() {
      await batches.obliterate({ force: true });
      // It took a sequence along, which workers may not make.
      if (redisUrl === undefined) await database.makeQueues(prefix);
    },
    async recall(request) {
      const parsed = parseOrThrow(recallRequestSchema, request);
      const { id } = await createRecall(db, {
        appId,
        request: parsed,
        requestedBy: 'tester',
        source: 'api',
        idempotencyKey: null,
      });
      await enqueuePlan(jobs, id, priorityNumber(parsed.priority));
      return id;
    },
    execute: (id) => executeRecall(db, id, { name: 'tester', person: '', approveAbove: null, maxMessages: null }),
    read: (id) => getRecall(db, appId, id),
    planned: (id) => eventually(async () => (await rig.read(id)).state === 'planned'),
    async ended(id) {
      const recall = await eventually(
        async () => {
          const now = await rig.read(id);
          // What a worker had in hand of one that was cancelled is swept up a little later.
          return now.finishedAt === null || now.counts.pending > 0 ? null : now;
        },
        { timeoutMs: 45_000, what: `the end of recall ${id}` },
      );
      const counted: Record<string, number> = {};
      for (const { state } of await rig.outcomes(id)) {
        const name = state.replaceAll(/_(?<letter>[a-z])/gu, (_, letter: string) => letter.toUpperCase());
        counted[name] = (counted[name] ?? 0) + 1;
      }
      const { matched: _, planned, ...counts } = recall.counts;
      const nonZero = Object.fromEntries(Object.entries(counts).filter(([, n]) => n !== 0));
      if (JSON.stringify(sorted(nonZero)) !== JSON.stringify(sorted(counted))) {
        throw new Error(`counts ${JSON.stringify(nonZero)} are not the outcomes ${JSON.stringify(counted)}`);
      }
      if (Object.values(counts).reduce((sum, n) => sum + n, 0) !== planned)
        throw new Error('counts do not add up to planned');
      if (recall.state !== 'cancelled' && recall.batches.done !== recall.batches.total) {
        throw new Error(`batches ${JSON.stringify(recall.batches)} of an ended recall`);
      }
      return recall;
    },
    async outcomes(id, states = []) {
      const all: Outcome[] = [];
      let after: Parameters<typeof listOutcomes>[1]['after'] = null;
      do {
        const page: Awaited<ReturnType<typeof listOutcomes>> = await listOutcomes(db, {
          recallId: id,
          states,
          after,
          limit: 1_000,
          language: 'en',
        });
        all.push(...page.items);
        after = page.next;
      } while (after !== null);
      return all;
    },
    calls: () => standIn.ledger.calls({ command: 'group_msg_recall' }).map(({ sequences }) => [...sequences]),
    async stop() {
      await Promise.all(workers.map((worker) => worker.stop()));
      await Promise.all([jobs.close(), batches.close()]);
      await queues.close();
      await standIn.close();
      await db.destroy();
      await database.drop();
    },
  };
  return rig;
}

function sorted(record: Record<string, number>): Record<string, number> {
  return Object.fromEntries(Object.entries(record).sort(([a], [b]) => a.localeCompare(b)));
}
