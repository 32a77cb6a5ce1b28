import type { Pool } from '@chat-recall/shared/db';
import type { Queue } from '@chat-recall/shared/queue';

export interface Queues {
  readonly queue: Queue;
  readonly onRedis: boolean;
}

/**
 * Every place of the stores that holds one of some strings: columns of all tables of all schemas, what the
 * planner remembers of them, and on Redis every key and value of the queues.
 */
export async function placesOf(pool: Pool, queues: Queues, strings: readonly string[]): Promise<string[]> {
  return [...(await inTables(pool, strings)), ...(await inRedis(queues, strings))].sort();
}

async function inTables(pool: Pool, strings: readonly string[]): Promise<string[]> {
  const { rows: columns } = await pool.query<{ place: string; name: string; type: string }>(
    `select format('%I.%I', table_schema, table_name) as place, column_name as name, data_type as type
       from information_schema.columns join information_schema.tables t using (table_schema, table_name)
      where t.table_type = 'BASE TABLE' and table_schema not in ('pg_catalog', 'information_schema')`,
  );
  const found: string[] = [];
  for (const { place, name, type } of columns) {
    const text = type === 'bytea' ? `encode("${name}", 'escape')` : `"${name}"::text`;
    const { rowCount } = await pool.query(
      `select 1 from ${place} where exists (select from unnest($1::text[]) s where strpos(${text}, s) > 0) limit 1`,
      [strings],
    );
    if (rowCount !== 0) found.push(`${place}.${name}`);
  }
  const { rows: remembered } = await pool.query<{ place: string }>(
    `select tablename || '.' || attname as place from pg_stats p
      where exists (select from unnest($1::text[]) s where strpos(p::text, s) > 0)`,
    [strings],
  );
  return [...found, ...remembered.map(({ place }) => `statistics of ${place}`)];
}

/** What is used of ioredis, which is behind BullMQ here. */
interface RedisLike {
  keys(pattern: string): Promise<string[]>;
  type(key: string): Promise<string>;
  call(...command: string[]): Promise<unknown>;
}

const readers: Readonly<Record<string, (key: string) => string[]>> = {
  string: (key) => ['get', key],
  hash: (key) => ['hgetall', key],
  list: (key) => ['lrange', key, '0', '-1'],
  set: (key) => ['smembers', key],
  zset: (key) => ['zrange', key, '0', '-1'],
  stream: (key) => ['xrange', key, '-', '+'],
};

async function inRedis({ queue, onRedis }: Queues, strings: readonly string[]): Promise<string[]> {
  if (!onRedis) return [];
  const { connection } = queue.getBackend() as unknown as { connection: { client: Promise<RedisLike> } };
  const redis = await connection.client;
  const found: string[] = [];
  for (const key of await redis.keys(`${queue.opts.prefix ?? 'bull'}:*`)) {
    const command = readers[await redis.type(key)]?.(key);
    const held = command === undefined ? key : JSON.stringify([key, await redis.call(...command)]);
    if (strings.some((text) => held.includes(text) || held.includes(JSON.stringify(text).slice(1, -1))))
      found.push(key);
  }
  return found;
}
