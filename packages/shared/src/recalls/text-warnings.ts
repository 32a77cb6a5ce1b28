import { sql } from 'kysely';
import type { Db } from '../db/index.ts';
import { countTextless, daysAsPieces, mostCounted, textFlags, type HashPieces } from '../messages/index.ts';
import { selectionOf } from './selection-of.ts';
import type { Selector } from './request.ts';
import type { Warning } from './warnings.ts';

/** What words cannot tell of a frozen plan, where the index keeps less than whole texts. */
export async function textWarnings(
  db: Db,
  recall: { id: string; appId: number },
  hash: HashPieces | null,
): Promise<Warning[]> {
  const { rows } = await sql<{ selector: Selector }>`select selector from recalls where id = ${recall.id}`.execute(db);
  const selector = rows[0]?.selector;
  if (selector === undefined || ((selector.keywords ?? []).length === 0 && selector.sameTextAs === undefined))
    return [];
  const warnings: Warning[] = [];
  const approximate = await countApproximate(db, recall);
  if (approximate > 0) warnings.push(asPieces(approximate));
  // The message whose copies are looked for may have left the index since.
  const selection = await selectionOf(db, { app_id: recall.appId, selector }, hash).catch(() => null);
  if (selection === null) return warnings;
  const from = selector.sentFrom === undefined ? null : new Date(selector.sentFrom);
  const to = selector.sentTo === undefined ? null : new Date(selector.sentTo);
  const textless = await countTextless(db, selection, from, to);
  return textless === 0 ? warnings : [...warnings, textNotKept(textless)];
}

/** Planned messages that are kept as pieces, whose order is not known. */
async function countApproximate(db: Db, { id, appId }: { id: string; appId: number }): Promise<number> {
  const days = await daysAsPieces(db, appId);
  if (days === null) return 0;
  const { rows } = await sql<{ n: number }>`
    select count(*)::bigint as n
      from outcomes o join messages m using (conversation_id, msg_seq)
     where o.recall_id = ${id} and m.msg_time = o.sent_at and m.msg_time >= ${days.from} and m.msg_time < ${days.to}
       and m.message_types & ${sql.lit(textFlags.asPieces)} <> 0`.execute(db);
  return rows[0]?.n ?? 0;
}

function asPieces(count: number): Warning {
  return {
    code: 'text_as_pieces',
    count,
    en: `${count} messages of the plan are kept as hashed pieces only: they hold all pieces of the words, in an order that is not known, so that some may not hold the words themselves.`,
    zh: `计划中有 ${count} 条消息仅以片段哈希保存：它们包含关键词的全部片段，但顺序未知，因此可能有个别消息并不含该关键词。`,
  };
}

/** Also told beside a search. */
export function textNotKept(count: number): Warning & { readonly code: 'text_not_kept' } {
  const many = count > mostCounted;
  const number = many ? mostCounted : count;
  return {
    code: 'text_not_kept',
    count: number,
    en: `${many ? 'More than ' : ''}${number} messages that fit otherwise cannot be looked into: the index does not keep their texts.`,
    zh: `${many ? '超过 ' : ''}${number} 条符合其他条件的消息无法检索内容：索引未保存其文本。`,
  };
}
