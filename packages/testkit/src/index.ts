export {
  eventually,
  freePort,
  spawnProcess,
  startEmbeddedPostgres,
  transcribe,
  type EmbeddedPostgres,
  type EmbeddedPostgresOptions,
  type Exit,
  type ProcessOptions,
  type SpawnedProcess,
} from '@chat-recall/local';
export { canary } from '../canaries.js';
export { describeInBrowser, type Browser } from './describe-in-browser.ts';
export { describeOrLeaveOut, type Need } from './describe-or-leave-out.ts';
export { describeOnBackends, type QueueBackend } from './describe-on-backends.ts';
export { findProgram } from './find-program.ts';
export { makeCertificate, type Certificate } from './make-certificate.ts';
export { doubtfulEnds, exchange, secondRequest } from './raw-http.ts';
export { describeWithNginx, startNginx, type Nginx } from './start-nginx.ts';
export { redisMissing, startRedis, type PrivateRedis, type SecuredRedis } from './start-redis.ts';
export { testLog } from './test-log.ts';
export { startTcpProxy, type TcpProxy } from './tcp-proxy.ts';
export { createTestDatabase, testServerUrl, type TestDatabase } from './test-database.ts';
export { hasTestRedis, redisPrefix, testRedisUrl } from './test-redis.ts';
