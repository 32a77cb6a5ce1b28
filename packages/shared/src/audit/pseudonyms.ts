import { sql } from 'kysely';
import type { Db } from '../db/index.ts';

/** The pseudonyms under which the audit knows message senders; new ones are made. In the order given. */
export async function pseudonymize(db: Db, appId: number, senders: readonly string[]): Promise<string[]> {
  if (senders.length === 0) return [];
  const { rows } = await sql<Known>`
    with given as (
      select distinct sender from unnest(${senders}::text[]) as sender
    ), made as (
      insert into sender_pseudonyms (app_id, sender)
      select ${appId}, sender from given order by sender
      on conflict (app_id, sender) do nothing
      returning sender, pseudonym
    )
    select sender, pseudonym from made
    union all
    select p.sender, p.pseudonym from sender_pseudonyms p join given using (sender) where p.app_id = ${appId}`.execute(
    db,
  );
  const known = new Map(rows.map(({ sender, pseudonym }) => [sender, pseudonym]));
  // Another writer made them meanwhile, after this statement began to look.
  const missing = senders.filter((sender) => !known.has(sender));
  for (const { sender, pseudonym } of await madeMeanwhile(db, appId, missing)) known.set(sender, pseudonym);
  return senders.map((sender) => known.get(sender) ?? '');
}

interface Known {
  readonly sender: string;
  readonly pseudonym: string;
}

async function madeMeanwhile(db: Db, appId: number, senders: readonly string[]): Promise<readonly Known[]> {
  if (senders.length === 0) return [];
  const { rows } = await sql<Known>`
    select sender, pseudonym from sender_pseudonyms where app_id = ${appId} and sender = any(${senders}::text[])`.execute(
    db,
  );
  return rows;
}
