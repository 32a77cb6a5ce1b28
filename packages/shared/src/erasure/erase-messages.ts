import { sql } from 'kysely';
import type { Db } from '../db/index.ts';
import { contentOf, fold, pieces, textFlags } from '../messages/index.ts';
import { withoutRelayed } from './relayed.ts';
import { holdsAny, inWords, type Step, type Subject } from './step.ts';
import { walkOn, type Hit, type Walk } from './walk.ts';

/** Messages of the person that one step empties. */
const ownAtOnce = 1_000;
/** Messages of all others that one step looks into, bodies included. */
const othersAtOnce = 2_000;
/** The flags of what is erased, in the place of others. */
const erasedTypes = sql`(message_types & ~(${sql.lit(textFlags.asPieces | textFlags.notKept)}) | ${sql.lit(textFlags.erased)})`;

/** The person's own messages keep place, time and types, and nothing else. */
export const eraseOwnMessages: Step = async (trx, { appId, mention }) => {
  const { rows } = await sql<{ part: string; place: string }>`
    select tableoid::regclass::text as part, ctid::text as place from messages
     where app_id = ${appId} and sender = ${mention.sender} order by msg_time limit ${ownAtOnce}`.execute(trx);
  // By place within the partition: no plan goes wrong, and what has moved since is found the next time.
  for (const part of new Set(rows.map((row) => row.part))) {
    const places = rows.filter((row) => row.part === part).map((row) => row.place);
    await sql`
      update ${sql.table(part)}
         set sender = ${mention.replacement}, text = '', folded = null, pieces = '{}', raw = null,
             message_types = ${erasedTypes}
       where ctid = any(${places}::tid[]) and app_id = ${appId} and sender = ${mention.sender}`.execute(trx);
  }
  return { after: rows.length < ownAtOnce ? null : [], changed: { messages: rows.length } };
};

const key: Walk['key'] = [
  ['conversation_id', 'bigint'],
  ['msg_seq', 'bigint'],
  ['msg_time', 'timestamptz'],
];

/**
 * What others wrote and what names the person in it: a body that does is not kept, merged messages lose what
 * the person wrote, and a text has the replacement in the id's place.
 */
export const eraseMentions: Step = async (trx, subject, after) => {
  const { appId, mention } = subject;
  const { hits, after: next } = await walkOn(
    trx,
    {
      table: 'messages',
      key,
      columns: ['conversation_id', 'msg_seq', 'text', 'raw'],
      hit: sql`t.app_id = ${appId} and (${holdsAny('t.raw', mention.bodyMarks)} or ${inWords('t.text', mention)})`,
      size: othersAtOnce,
    },
    after,
  );
  let mentions = 0;
  for (const hit of hits) if (await eraseMention(trx, subject, hit)) mentions += 1;
  return { after: next, changed: { mentions } };
};

async function eraseMention(trx: Db, { mention }: Subject, { key: at, row }: Hit): Promise<boolean> {
  const { text, raw } = row as { text: string; raw: string | null };
  const named = raw !== null && mention.isInBody(raw);
  const relayed = named ? withoutRelayed(bodyIn(raw), mention.sender) : null;
  const left = relayed === null ? text : contentOf(relayed).text;
  const newText = mention.inOthersWords ? mention.replacedIn(left) : left;
  if (!named && newText === text) return false;
  const folded = fold(newText);
  const change =
    newText === text
      ? sql`raw = null`
      : sql`raw = case when ${named} then null else raw end, text = ${newText},
            folded = ${folded === newText ? null : folded}, pieces = ${pieces(folded)}::integer[]`;
  await sql`
    update messages set ${change}
     where conversation_id = ${at[0]}::bigint and msg_seq = ${at[1]}::bigint and msg_time = ${at[2]}::timestamptz`.execute(
    trx,
  );
  // What was recalled of it stands in the evidence of the recall that did it.
  if (relayed !== null)
    await sql`
      update evidence e set text = ${newText} from recall_marks k
       where k.conversation_id = ${at[0]}::bigint and k.msg_seq = ${at[1]}::bigint
         and e.recall_id = k.recall_id and e.conversation_id = k.conversation_id and e.msg_seq = k.msg_seq`.execute(
      trx,
    );
  return true;
}

function bodyIn(raw: string): readonly unknown[] {
  try {
    const body = (JSON.parse(raw) as { MsgBody?: unknown } | null)?.MsgBody;
    return Array.isArray(body) ? body : [];
  } catch {
    return [];
  }
}

/** The flags for tables that keep a message's types. */
export { erasedTypes };
