export { isRefusedData } from './errors.ts';
export { checkMigrations, migrate, migrationsFolder } from './migrate.ts';
export {
  createDb,
  createPool,
  inTransaction,
  onConnection,
  type Db,
  type Pool,
  type PoolOptions,
  type Queries,
} from './pool.ts';
export { burstFor, createRateGate, type RateGate, type Slot } from './rate-gate.ts';
export type { BatchState, OutcomeState, RecallState, Tables } from './tables.ts';
export { createPreparedDb } from './prepared.ts';
