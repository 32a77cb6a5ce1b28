export { freePort } from './postgres/free-port.ts';
export { guardServer, type Guarded } from './postgres/guard.ts';
export { acquireLock, LockHeldError, type Lock } from './postgres/lock.ts';
export { isRunning } from './postgres/process-mark.ts';
export {
  startEmbeddedPostgres,
  type EmbeddedPostgres,
  type EmbeddedPostgresOptions,
} from './postgres/start-embedded-postgres.ts';
export { eventually } from './processes/eventually.ts';
export { transcribe } from './processes/transcript.ts';
export { spawnProcess, type Exit, type ProcessOptions, type SpawnedProcess } from './processes/spawn-process.ts';
export { repository, startSystem, type RunningPart, type System, type SystemSettings } from './system/start-system.ts';
