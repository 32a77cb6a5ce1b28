export { isRefusedData } from './errors.ts';
export { checkMigrations, migrate, migrationsFolder } from './migrate.ts';
export {
  byKeys,
  createDb,
  createPool,
  inTransaction,
  onConnection,
  type Db,
  type Pool,
  type PoolOptions,
  type Queries,
} from './pool.ts';
export { grantQueues, grantRoles, processRoles, type ProcessRole } from './roles.ts';
export { burstFor, createRateGate, createTurns, type RateGate, type Slot, type Turns } from './rate-gate.ts';
export type { BatchState, OutcomeState, RecallState, Tables } from './tables.ts';
export { createPreparedDb } from './prepared.ts';
export { watchSilence } from './watch-silence.ts';
