export {
  eventually,
  freePort,
  spawnProcess,
  startEmbeddedPostgres,
  type EmbeddedPostgres,
  type EmbeddedPostgresOptions,
  type Exit,
  type ProcessOptions,
  type SpawnedProcess,
} from '@chat-recall/local';
export { describeInBrowser, type Browser } from './describe-in-browser.ts';
export { describeOnBackends, type QueueBackend } from './describe-on-backends.ts';
export { findProgram } from './find-program.ts';
export { startRedis, type PrivateRedis } from './start-redis.ts';
export { createTestDatabase, testServerUrl, type TestDatabase } from './test-database.ts';
export { hasTestRedis, redisPrefix, testRedisUrl } from './test-redis.ts';
