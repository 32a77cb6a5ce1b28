import { sql, type RawBuilder } from 'kysely';
import type { Db } from '../db/index.ts';

/** Where a walk goes on: the key of the last row that was looked at, as text. */
export type Key = readonly string[];

/** A walk over a table in the order of its key. */
export interface Walk {
  readonly table: string;
  /** The columns of the key with their types. */
  readonly key: readonly (readonly [column: string, type: string])[];
  /** Which rows of `t` are wanted. */
  readonly hit: RawBuilder<unknown>;
  /** What is wanted of them, beside the key. */
  readonly columns?: readonly string[];
  /** Which rows are looked at; all by default. */
  readonly among?: RawBuilder<unknown>;
  /** Rows looked at in one step. */
  readonly size: number;
}

/** A row that was wanted: its key as text, and its columns. */
export interface Hit {
  readonly key: Key;
  readonly row: Readonly<Record<string, unknown>>;
}

/** Looks at the next rows. `after` null in the answer: that was the end. */
export async function walkOn(
  db: Db,
  { table, key, hit, columns = [], among, size }: Walk,
  after: Key | null,
): Promise<{ hits: Hit[]; after: Key | null }> {
  const names = sql.join(key.map(([column]) => sql.ref(`t.${column}`)));
  const beyond =
    after === null
      ? sql`true`
      : sql`(${names}) > (${sql.join(key.map(([, type], at) => sql`${after[at]}::${sql.raw(type)}`))})`;
  const keys = key.map(([column], at) => sql`${sql.ref(`t.${column}`)}::text as ${sql.ref(`key_${at}`)}`);
  const wanted = columns.map((column) => sql.ref(`t.${column}`));
  const { rows } = await sql<Record<string, unknown> & { at: number; n: number; hit: boolean }>`
    with looked as materialized (
      select ${sql.join([...keys, ...wanted])}, (${hit}) is true as hit,
             row_number() over (order by ${names}) as at, count(*) over () as n
        from (select * from ${sql.table(table)} t where ${beyond} and ${among ?? sql`true`} order by ${names} limit ${size}) t
    )
    select * from looked where hit or at = n order by at`.execute(db);
  const keyOf = (row: Readonly<Record<string, unknown>>): Key => key.map((_, at) => String(row[`key_${at}`]));
  const last = rows.at(-1);
  return {
    hits: rows.filter((row) => row.hit).map((row) => ({ key: keyOf(row), row })),
    after: last === undefined || last.n < size ? null : keyOf(last),
  };
}

/** The condition that a row `t` has one of these keys, which are looked up one by one. */
export function isOneOf(key: Walk['key'], keys: readonly Key[]): RawBuilder<unknown> {
  const names = sql.join(key.map(([column]) => sql.ref(`t.${column}`)));
  const arrays = key.map(([, type], at) => sql`${keys.map((one) => one[at])}::${sql.raw(type)}[]`);
  return sql`(${names}) in (select * from unnest(${sql.join(arrays)}))`;
}
