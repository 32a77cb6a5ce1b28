import { sql } from 'kysely';
import type { Db } from '../db/index.ts';
import { isInOrder, matches, type Selection } from '../messages/index.ts';

/** A slice aims at this many messages: a second of work at most, and little is lost with a killed worker. */
const sliceRows = 20_000;
/** The first slices of a plan that is called while it is frozen: its first call need not wait for more. */
const firstRows = 200;
const rowsGrowth = 10;
/** How far the first slice reaches back where only reading the messages tells how many match. */
const firstSpanMs = 15_000;
const shortestSpanMs = 1_000;
/** A slice reaches back at most so many times as far as the one before. */
const spanGrowth = 8;

/** Where the slices of a plan begin. */
export interface Slices {
  /**
   * Where the slice begins that ends before `upper`.
   *
   * @param upper Infinity: the first one, which takes in times to come
   */
  lowerOf(upper: number): Promise<Date>;
  /** How many messages matched in the slice that was told last. */
  held(matched: number): void;
}

/**
 * Cuts a plan into slices of about 20,000 messages. Where an index has what is selected in the order of
 * time it is asked where so many messages end; else the span of the last slice and what it held tell.
 *
 * @param bounds Unix milliseconds; when the oldest message was sent, and the newest at about
 * @param calling the plan is called while it is frozen: the first slices are small
 */
export function createSlices(
  db: Db,
  selection: Selection,
  bounds: { readonly oldest: number; readonly newest: number },
  calling: boolean,
): Slices {
  const { oldest, newest } = bounds;
  const ordered = isInOrder(selection);
  let rows = calling ? firstRows : sliceRows;
  let spanMs = firstSpanMs;

  async function afterRows(upper: number): Promise<Date> {
    const { rows: found } = await sql<{ msg_time: Date }>`
      select m.msg_time from messages m
       where ${matches(selection)} and m.msg_time >= ${new Date(oldest)}
             ${upper === Infinity ? sql`` : sql`and m.msg_time < ${new Date(upper)}`}
       order by m.msg_time desc offset ${rows} limit 1`.execute(db);
    return found[0]?.msg_time ?? new Date(oldest);
  }

  return {
    async lowerOf(upper) {
      if (ordered) return afterRows(upper);
      return new Date(Math.max(oldest, Math.min(upper, Math.max(newest, oldest + 1)) - spanMs));
    },
    held(matched) {
      rows = Math.min(sliceRows, rows * rowsGrowth);
      const growth = matched === 0 ? spanGrowth : sliceRows / matched;
      spanMs = Math.max(shortestSpanMs, spanMs * Math.min(spanGrowth, growth));
    },
  };
}
