import { sql, type RawBuilder } from 'kysely';

/**
 * Whether calls of a recall are made: it runs, or it is still being planned and its calls have begun
 * already (see planRecall). Until its plan is frozen only full batches are fed.
 *
 * @param alias of `recalls` in the statement
 */
export function isCalling(alias: string): RawBuilder<boolean> {
  const state = sql.ref(`${alias}.state`);
  return sql<boolean>`(${state} = 'running' or (${state} = 'planning' and ${sql.ref(`${alias}.started_at`)} is not null))`;
}
