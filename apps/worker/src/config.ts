import {
  judgeApps,
  judgeIndexText,
  judgeQueuePrefix,
  readConfig,
  someApp,
  someSecretKey,
  type Environment,
} from '@chat-recall/shared/config';
import type { WorkerConfig } from './worker.ts';

/** What the worker reads from its environment. */
export const configured = [
  'DATABASE_URL',
  'DATABASE_POOL_SIZE',
  'REDIS_URL',
  'QUEUE_PREFIX',
  'QUEUE_APPROVAL_ABOVE',
  'QUEUE_MAX_MESSAGES',
  'TENCENT_SDK_APP_ID',
  'TENCENT_APPS',
  'TENCENT_SECRET_KEY',
  'TENCENT_ADMIN',
  'TENCENT_API_URL',
  'TENCENT_CALLS_PER_SECOND',
  'TENCENT_HISTORY_CALLS_PER_SECOND',
  'TENCENT_SEND_REASON',
  'TENCENT_TIMEOUT_MS',
  'RECALL_VERIFY',
  'RECALL_VERIFY_SENDERS_ABOVE',
  'WORKER_HOST',
  'WORKER_PORT',
  'WORKER_CONCURRENCY',
  'WORKER_BACKFILL_AT_ONCE',
  'MESSAGE_RETENTION_DAYS',
  'EVIDENCE_RETENTION_DAYS',
  'RECALL_RETENTION_DAYS',
  'INDEX_TEXT',
  'INDEX_TEXT_KEY',
  'COMPLETION_WEBHOOK_URL',
  'COMPLETION_WEBHOOK_SECRET',
  'LOG_LEVEL',
] as const;

/** @throws ConfigError with every problem */
export function readWorkerConfig(env: Environment): { config: WorkerConfig; warnings: readonly string[] } {
  const { config, warnings } = readConfig(env, configured, ['DATABASE_URL', someApp, someSecretKey], (given) => [
    ...judgeApps(given, { secretKey: true }),
    ...judgeQueuePrefix(given),
    ...judgeIndexText(given),
    ...((given.COMPLETION_WEBHOOK_URL === undefined) === (given.COMPLETION_WEBHOOK_SECRET === undefined)
      ? []
      : ['COMPLETION_WEBHOOK_URL, COMPLETION_WEBHOOK_SECRET: set both or neither']),
  ]);
  return { config: config as WorkerConfig, warnings };
}
