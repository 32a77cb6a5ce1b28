import { inTransaction, type Pool } from '../db/index.ts';
import { cleanText } from '../messages/index.ts';
import { getAppidGroupList, groupIdsPerCall, groupsPerCall, meaningOf } from '../tencent/index.ts';
import { sql } from 'kysely';
import { note } from './backfill-notes.ts';
import { backfillLeaseSeconds, endOf, stopBackfill, type PartEnd } from './backfill-parts.ts';
import { findTopics, findTypes } from './backfill-types.ts';
import { counted, type BackfillWork } from './backfill-work.ts';
import { hoursBetween } from './hours.ts';

/** Failures in a row after which listing waits for a person. */
const mostFailures = 8;
/** An answer is at most 1 MB: after 10018, this many ids are asked for. */
const fewerGroupIds = 1_000;
const answerTooLarge = 10018;

/** A backfill whose parts are being listed, taken by this worker. */
export interface Listing {
  readonly backfillId: string;
  readonly kind: 'history' | 'files';
  /** Unix ms: how far back. */
  readonly since: number;
  /** Unix ms. */
  readonly createdAt: number;
  readonly fence: number;
}

/** Takes the app's backfill whose parts are to be listed. What is older than the index keeps is not asked for. */
export async function claimListing(work: BackfillWork): Promise<Listing | null> {
  const { pool, appId, retentionDays, callsPerSecond } = work;
  const { rows } = await pool.query<Omit<Listing, 'since' | 'createdAt'> & { since: Date; created: Date }>({
    name: 'claim_backfill_listing',
    text: `update backfills
              set fence = fence + 1, due_at = now() + make_interval(secs => $2),
                  since = greatest(since, now() - make_interval(days => $3)),
                  calls_per_second = case kind when 'history' then $4::float8 else $5::float8 end
            where app_id = $1 and state = 'listing' and due_at <= now()
           returning id as "backfillId", kind, since, created_at as created, fence`,
    values: [appId, backfillLeaseSeconds, retentionDays, callsPerSecond.history, callsPerSecond.files],
  });
  const [row] = rows;
  if (row === undefined) return null;
  return { ...row, since: row.since.getTime(), createdAt: row.created.getTime() };
}

/** Keeps a listing from being taken over. */
export async function renewListing(pool: Pool, { backfillId, fence }: Listing): Promise<void> {
  await pool.query({
    name: 'renew_backfill_listing',
    text: `update backfills set due_at = now() + make_interval(secs => $3)
            where id = $1 and fence = $2 and state = 'listing'`,
    values: [backfillId, fence, backfillLeaseSeconds],
  });
}

/**
 * Lists what a backfill will read, step by step, so that of what a killed worker asked for at most one page
 * is asked for again: groups, what they are, topics; or the hours. Then it runs, or waits with its figures.
 */
export async function listParts(work: BackfillWork, listing: Listing): Promise<void> {
  for (;;) {
    const step = listing.kind === 'files' ? await listHours(work, listing) : await listStep(work, listing);
    if (step === 'next') continue;
    if (step === 'listed') {
      await makePartitions(work, listing.since);
      await endListing(work.pool, listing);
    } else if (step !== 'left') {
      await settleListing(work, listing, step);
    }
    return;
  }
}

/** Gives a listing back, for another worker to go on with. */
export async function releaseListing(pool: Pool, { backfillId, fence }: Listing): Promise<void> {
  await pool.query({
    name: 'release_backfill_listing',
    text: `update backfills set due_at = '-infinity' where id = $1 and fence = $2 and state = 'listing'`,
    values: [backfillId, fence],
  });
}

/** `left`: it is paused or ended, or another worker has it. */
type Step = 'next' | 'listed' | 'left' | PartEnd;

async function listStep(work: BackfillWork, listing: Listing): Promise<Step> {
  if (work.gates.history === null) {
    await stopBackfill(work, listing.backfillId, note('history_off'));
    return 'left';
  }
  const { rows } = await work.pool.query<{ next_groups: string }>({
    name: 'backfill_listing',
    text: `select next_groups from backfills where id = $1 and fence = $2 and state = 'listing'`,
    values: [listing.backfillId, listing.fence],
  });
  const next = rows[0]?.next_groups;
  if (next === undefined) return 'left';
  if (next !== '') return listGroups(work, listing, next);
  const types = await partsAt(work.pool, listing.backfillId, 'type', groupsPerCall);
  if (types.length > 0) return (await findTypes(work, listing, types)) ?? 'next';
  const communities = await partsAt(work.pool, listing.backfillId, 'topics', work.atOnce);
  if (communities.length === 0) return 'listed';
  const ends = await Promise.all(communities.map((groupId) => findTopics(work, listing, groupId)));
  return ends.find((end) => end !== null) ?? 'next';
}

async function partsAt(pool: Pool, id: string, step: 'type' | 'topics', limit: number): Promise<string[]> {
  const { rows } = await pool.query<{ part: string }>({
    name: 'backfill_parts_at',
    text: `select part from backfill_parts where backfill_id = $1 and step = $2 and state = 'waiting' order by part limit $3`,
    values: [id, step, limit],
  });
  return rows.map(({ part }) => part);
}

/** A page of group ids, stored together with where the next one begins. */
async function listGroups(work: BackfillWork, { backfillId }: Listing, next: string): Promise<Step> {
  const { client, gates, groupIdsPerPage = groupIdsPerCall } = work;
  const gate = counted(work, backfillId, gates.list);
  let answer = await getAppidGroupList(client, { limit: groupIdsPerPage, next }, gate.enter);
  if (answer.kind === 'answered' && answer.errorCode === answerTooLarge) {
    answer = await getAppidGroupList(client, { limit: fewerGroupIds, next }, gate.enter);
  }
  if (answer.kind !== 'answered') return endOf(null);
  if (answer.errorCode !== 0) return endOf(answer.errorCode);
  const { groupIds, next: after, totalCount } = answer.body;
  // A list that does not go on would be asked for for ever.
  if (after === next && after !== '0') return endOf(null);
  await inTransaction(work.db, async (trx) => {
    const { rows } = await sql`
      update backfills set next_groups = ${after === '0' ? '' : after}, groups_told = ${totalCount}, failures = 0,
                           calls = calls + ${gate.calls()}
       where id = ${backfillId} and next_groups = ${next} returning id`.execute(trx);
    if (rows.length === 0) return;
    await sql`
      insert into backfill_parts (backfill_id, part, step)
      select ${backfillId}, part, 'type' from unnest(${groupIds.map(cleanText)}::text[]) as part
      on conflict do nothing`.execute(trx);
  });
  return 'next';
}

/** The hours of the files, up to the one in which the backfill was asked for. */
async function listHours({ pool }: BackfillWork, listing: Listing): Promise<Step> {
  await pool.query({
    name: 'list_backfill_hours',
    text: `insert into backfill_parts (backfill_id, part, step, missing, calls_estimated)
           select $1, part, 'hour', 1, 1 from unnest($2::text[]) as part on conflict do nothing`,
    values: [listing.backfillId, hoursBetween(listing.since, listing.createdAt)],
  });
  return 'listed';
}

/** Rows of days without a partition would wait in the default one, and be moved later. */
async function makePartitions({ pool, now }: BackfillWork, since: number): Promise<void> {
  const dayMs = 86_400_000;
  for (let day = since; day < now() + dayMs; day += dayMs) {
    // Each in a transaction of its own: making one locks the default partition for a moment.
    await pool.query('select ensure_message_partition($1::date)', [new Date(day).toISOString().slice(0, 10)]);
  }
}

async function endListing(pool: Pool, { backfillId, fence }: Listing): Promise<void> {
  await pool.query({
    name: 'end_backfill_listing',
    text: `update backfills
              set state = case when estimate then 'paused' else 'running' end, note = case when estimate then $3 end,
                  listed_at = now(), failures = 0
            where id = $1 and fence = $2 and state = 'listing'`,
    values: [backfillId, fence, note('estimate_ready')],
  });
}

/** Listing did not work: it is tried again with growing pauses, and then waits for a person. */
async function settleListing(work: BackfillWork, { backfillId, fence }: Listing, end: PartEnd): Promise<void> {
  if (end.kind === 'stop') return stopBackfill(work, backfillId, note('stopped_by_platform', end.code));
  const code = end.kind === 'again' ? end.code : null;
  const why = code === null ? note('listing_failed') : note('listing_failed', code);
  const meaning = code === null ? null : meaningOf(code);
  const passing = meaning === null || meaning.class === 'transient';
  if (meaning?.throttle === true) await work.gates.list.throttled();
  const { rows } = await work.pool.query<{ failures: number }>({
    name: 'settle_backfill_listing',
    text: `update backfills
              set failures = failures + 1, due_at = now() + least(60, 2 ^ (failures + 1)) * interval '1 second'
            where id = $1 and fence = $2 and state = 'listing' returning failures`,
    values: [backfillId, fence],
  });
  const failures = rows[0]?.failures ?? 0;
  if (failures >= mostFailures || !passing) await stopBackfill(work, backfillId, why);
}
