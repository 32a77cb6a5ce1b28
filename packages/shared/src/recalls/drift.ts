import { sql } from 'kysely';
import type { Db } from '../db/index.ts';
import { matches, type HashPieces } from '../messages/index.ts';
import { selectionOf } from './selection-of.ts';
import { isExplicit, type Selector } from './request.ts';

/** How many messages a selector matched when its plan was frozen, and how many it matches now. */
export interface Drift {
  readonly frozen: number;
  readonly now: number;
}

/** A tenth or a hundred messages more or fewer: what was agreed on is not what is there. */
export function isLargeDrift({ frozen, now }: Drift): boolean {
  const difference = Math.abs(now - frozen);
  return difference > 100 || difference > frozen * 0.1;
}

/** Counts again; null for a plan of named sequences, which does not change, and for a rule, which has no plan. */
export async function driftOf(db: Db, recallId: string, hash: HashPieces | null = null): Promise<Drift | null> {
  const { rows } = await sql<{ app_id: number; selector: Selector; matched: number; rule: boolean }>`
    select app_id, selector, matched, exists (select from rules where recall_id = ${recallId}) as rule
      from recalls where id = ${recallId}`.execute(db);
  const recall = rows[0];
  if (recall === undefined || recall.rule || isExplicit(recall.selector)) return null;
  const selection = await selectionOf(db, recall, hash);
  const { sentFrom, sentTo } = recall.selector;
  const counted = await sql<{ now: number }>`
    select count(*)::bigint as now from (
      select distinct m.conversation_id, m.msg_seq from messages m
       where ${matches(selection)}
         ${sentFrom === undefined ? sql`` : sql`and m.msg_time >= ${sentFrom}::timestamptz`}
         ${sentTo === undefined ? sql`` : sql`and m.msg_time < ${sentTo}::timestamptz`}) d`.execute(db);
  return { frozen: recall.matched, now: counted.rows[0]?.now ?? 0 };
}
