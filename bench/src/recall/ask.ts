import type { Db } from '@chat-recall/shared/db';
import { connectQueues, enqueuePlan, recallJobsQueue } from '@chat-recall/shared/queue';
import { createRecall, parseOrThrow, priorityNumber, recallRequestSchema } from '@chat-recall/shared/recalls';
import type { Backend } from './workers.ts';

/** Asks for recalls as the console does: a row, then a job. */
export interface Asker {
  /** @returns the recall's id */
  ask(request: object): Promise<string>;
  close(): Promise<unknown>;
}

export function createAsker(parts: { db: Db; databaseUrl: string; appId: number; backend: Backend }): Asker {
  const { db, databaseUrl, appId, backend } = parts;
  const connecting = connectQueues({ redisUrl: backend.redisUrl, databaseUrl, onError: () => {} });
  const opening = connecting.then((queues) => queues.queue(recallJobsQueue));
  return {
    async ask(request) {
      const asked = parseOrThrow(recallRequestSchema, { reason: 'bench', ...request });
      const { id } = await createRecall(db, {
        appId,
        request: asked,
        requestedBy: 'bench',
        source: 'api',
        idempotencyKey: null,
      });
      await enqueuePlan(await opening, id, priorityNumber(asked.priority));
      return id;
    },
    async close() {
      await (await opening).close();
      await (await connecting).close();
    },
  };
}
