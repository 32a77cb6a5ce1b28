import type { Pool } from '@chat-recall/shared/db';

/** A batch that a worker is calling, or whose job waits in the queue or in a worker's hand. */
export interface BatchUnderWay {
  readonly conversationId: number;
  readonly part: number;
  readonly fence: number;
  /** Taken by the worker that was asked about; else its job waits, for whomever. */
  readonly calling: boolean;
}

/** What the worker process is calling of a recall, and all that is queued of it. */
export async function underWay(pool: Pool, recallId: string, pid: number): Promise<readonly BatchUnderWay[]> {
  const { rows } = await pool.query<BatchUnderWay>(
    `select conversation_id as "conversationId", part, fence, state = 'running' as calling
       from batches
      where recall_id = $1 and (state = 'queued' or (state = 'running' and worker ~ $2))`,
    [recallId, nameOf(pid)],
  );
  return rows;
}

/** How many of them have not come to their end in other hands. */
export async function stillOpen(
  pool: Pool,
  recallId: string,
  batches: readonly BatchUnderWay[],
): Promise<{ readonly calling: number; readonly queued: number }> {
  const { rows } = await pool.query<{ calling: number; queued: number }>(
    `select count(*) filter (where u.calling)::int as calling, count(*) filter (where not u.calling)::int as queued
       from unnest($2::bigint[], $3::int[], $4::int[], $5::boolean[]) u (conversation_id, part, fence, calling)
       join batches b on b.recall_id = $1 and b.conversation_id = u.conversation_id and b.part = u.part
      where b.state <> 'done' or b.fence = u.fence`,
    [
      recallId,
      batches.map(({ conversationId }) => conversationId),
      batches.map(({ part }) => part),
      batches.map(({ fence }) => fence),
      batches.map(({ calling }) => calling),
    ],
  );
  return rows[0] ?? { calling: 0, queued: 0 };
}

/** When another worker first wrote an attempt since then, Unix milliseconds; null: not yet. */
export async function nextAttempt(pool: Pool, recallId: string, pid: number, since: number): Promise<number | null> {
  const { rows } = await pool.query<{ at: Date | null }>(
    `select min(started_at) as at from attempts where recall_id = $1 and worker !~ $2 and started_at >= $3`,
    [recallId, nameOf(pid), new Date(since)],
  );
  return rows[0]?.at?.getTime() ?? null;
}

/** When the last of the process's attempts was given up for lost, Unix milliseconds; null: none was. */
export async function givenUp(pool: Pool, recallId: string, pid: number): Promise<number | null> {
  const { rows } = await pool.query<{ at: Date | null }>(
    `select max(finished_at) as at from attempts where recall_id = $1 and worker ~ $2 and result = 'lost'`,
    [recallId, nameOf(pid)],
  );
  return rows[0]?.at?.getTime() ?? null;
}

/** Sequences that the process called and told no answer of; its calls must have ended. */
export async function unanswered(pool: Pool, recallId: string, pid: number): Promise<number> {
  const { rows } = await pool.query<{ sequences: number }>(
    `select coalesce(sum(cardinality(msg_seqs)), 0)::int as sequences from attempts
      where recall_id = $1 and worker ~ $2 and (finished_at is null or result = 'lost')`,
    [recallId, nameOf(pid)],
  );
  return rows[0]?.sequences ?? 0;
}

export async function unknownOutcomes(pool: Pool, recallId: string): Promise<number> {
  const { rows } = await pool.query<{ unknown: number }>(
    `select count(*)::int as unknown from outcomes where recall_id = $1 and state = 'unknown'`,
    [recallId],
  );
  return rows[0]?.unknown ?? 0;
}

/** A worker calls itself by its host, its pid and something random. */
function nameOf(pid: number): string {
  return `-${pid}-[0-9a-f]+$`;
}
