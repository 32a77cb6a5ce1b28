import { readConfig } from '@chat-recall/shared/config';
import { createDb, createPool } from '@chat-recall/shared/db';
import { fold, insertMessages, internConversations, pieces } from '@chat-recall/shared/messages';
import { connectQueues, recallJobsQueue, type Queue } from '@chat-recall/shared/queue';
import { createStandIn, type StandIn } from '@chat-recall/simulator';
import { canary, createTestDatabase, testLog } from '@chat-recall/testkit';

export const appId = 1_400_000_555;
export const adminToken = `${canary}-admin-token-of-the-client-tests`;
const secretKey = '0f1e2d3c4b5a69788796a5b4c3d2e1f00f1e2d3c4b5a69788796a5b4c3d2e1f0';

export interface Said {
  readonly groupId?: string;
  readonly from?: string;
  readonly text?: string;
  /** Unix time, s. */
  readonly msgTime?: number;
}

/** A console, a worker, a receiver and a stand-in in this process, on a database of their own. */
export interface AtWork {
  readonly url: string;
  readonly databaseUrl: string;
  readonly callbackUrl: string;
  readonly standIn: StandIn;
  /** `recall-jobs`, as a producer has it. */
  readonly jobs: Queue;
  /** Writes in the stand-in's group, and puts it into the index. Gives the sequences. */
  say(messages: readonly Said[]): Promise<number[]>;
  stop(): Promise<void>;
}

interface Running {
  readonly url: string;
  stop(): Promise<unknown>;
}

/** An app's module: by a computed path, since no package imports an app. */
async function app<T>(path: string): Promise<T> {
  return (await import(new URL(`../../../apps/${path}`, import.meta.url).href)) as T;
}

type Read = (env: Record<string, string>) => { config: object };
type Start = (config: object, log: unknown) => Promise<Running>;

/**
 * @param environment further variables of the console
 * @param workers further variables of the worker
 */
export async function startAtWork(
  environment: Readonly<Record<string, string>> = {},
  workers: Readonly<Record<string, string>> = {},
): Promise<AtWork> {
  const database = await createTestDatabase();
  const pool = createPool({ databaseUrl: database.url, name: 'test' });
  const db = createDb(pool);
  const standIn = await createStandIn({ sdkAppId: appId, secretKey });
  const groups = new Set<string>();
  const common = {
    DATABASE_URL: database.url,
    DATABASE_POOL_SIZE: '6',
    TENCENT_SDK_APP_ID: String(appId),
  };
  const log = testLog('client');

  const { readConsoleConfig } = await app<{ readConsoleConfig: Read }>('console/src/config.ts');
  const { startConsole } = await app<{ startConsole: Start }>('console/src/console.ts');
  const { readWorkerConfig } = await app<{ readWorkerConfig: Read }>('worker/src/config.ts');
  const { startWorker } = await app<{ startWorker: Start }>('worker/src/worker.ts');
  const { settings } = await app<{ settings: readonly never[] }>('webhook/src/settings.ts');
  const { createReceiver } = await app<{ createReceiver: (parts: object) => Promise<Running> }>(
    'webhook/src/receiver.ts',
  );
  const ofConsole = { ...common, CONSOLE_PORT: '0', CONSOLE_ADMIN_TOKEN: adminToken, ...environment };
  const ofWorker = {
    ...common,
    TENCENT_SECRET_KEY: secretKey,
    TENCENT_API_URL: standIn.url,
    WORKER_PORT: '0',
    ...workers,
  };
  const ofReceiver = {
    ...common,
    WEBHOOK_HOST: '127.0.0.1',
    WEBHOOK_PORT: '0',
    WEBHOOK_TOKEN: `${canary}-webhook-token`,
  };
  const desk = await startConsole(readConsoleConfig(ofConsole).config, log);
  const worker = await startWorker(readWorkerConfig(ofWorker).config, log);
  const receiver = await createReceiver({ config: readConfig(ofReceiver, settings).config, log });

  const queues = await connectQueues({ databaseUrl: database.url, onError: () => {} });
  const jobs = queues.queue(recallJobsQueue);
  return {
    url: desk.url,
    callbackUrl: `${receiver.url}/callback`,
    databaseUrl: database.url,
    standIn,
    jobs,
    async say(messages) {
      const sent = messages.map(({ groupId = '@TGS#A', from = 'spammer', text = `hello ${canary}`, msgTime }) => {
        if (!groups.has(groupId)) standIn.addGroup({ groupId, type: 'Public' });
        groups.add(groupId);
        const told = standIn.send({
          groupId,
          from,
          text,
          ...(msgTime === undefined ? {} : { msgTime }),
          callback: false,
        });
        return { groupId, from, text, msgSeq: told.msgSeq, msgTime: told.msgTime };
      });
      const ids = await internConversations(
        db,
        sent.map(({ groupId }) => ({ appId, groupId, topicId: '', groupType: 'Public' })),
      );
      await insertMessages(
        pool,
        sent.map(({ msgSeq, msgTime, from, text }, at) => ({
          conversationId: Number(ids[at]),
          msgSeq,
          appId,
          msgTime: msgTime * 1_000,
          receivedAt: Date.now(),
          messageTypes: 1,
          sender: from,
          text,
          folded: fold(text),
          pieces: pieces(fold(text)),
          raw: null,
        })),
      );
      return sent.map(({ msgSeq }) => msgSeq);
    },
    async stop() {
      await jobs.close();
      for (const part of [receiver, worker, desk]) await part.stop();
      await queues.close();
      await standIn.close();
      await db.destroy();
      await database.drop();
    },
  };
}
