import { sql } from 'kysely';
import type { Db } from '../db/index.ts';
import { idPattern } from './id-pattern.ts';
import { pseudonymize } from './pseudonyms.ts';

/** Fields of requests that name senders. */
const senderFields = new Set(['sender', 'senders', 'excludeSenders']);
/** Fields that people write what they like into. */
const wordFields = new Set(['reason', 'name', 'keyword', 'keywords', 'requestedBy']);
/** Shorter runs of characters are words, whoever may be called so. */
const shortestId = 6;
const mostCandidates = 300;

/**
 * A request as the audit may keep it, which cannot forget: senders by pseudonym, in its selector and wherever
 * people named them in their own words, as far as the index knows them. Call it before the transaction of
 * the deed: new pseudonyms lock what other writers may want.
 */
export async function withoutSenders<T extends object>(db: Db, appId: number, request: T): Promise<T> {
  const named: string[] = [];
  const words: string[] = [];
  eachString(request, (field, text) => {
    if (senderFields.has(field)) named.push(text);
    else if (wordFields.has(field)) words.push(text);
    return text;
  });
  const inWords = await sendersAmong(db, appId, words);
  const senders = [...new Set([...named, ...inWords])];
  const known = new Map(
    (await pseudonymize(db, appId, senders)).map((pseudonym, at) => [senders[at] ?? '', pseudonym]),
  );
  // The longest first: one may be the beginning of another.
  const patterns = [...known]
    .sort(([a], [b]) => b.length - a.length)
    .map(([sender, pseudonym]) => ({ pattern: idPattern(sender), pseudonym }));
  return eachString(request, (field, text) => {
    if (senderFields.has(field)) return known.get(text) ?? '';
    if (!wordFields.has(field)) return text;
    return patterns.reduce((left, { pattern, pseudonym }) => left.replaceAll(pattern, () => pseudonym), text);
  }) as T;
}

/** The value with each string replaced; those of a list bear the name of the list. */
function eachString(value: unknown, replace: (field: string, text: string) => string, field = ''): unknown {
  if (typeof value === 'string') return replace(field, value);
  if (Array.isArray(value)) return value.map((item) => eachString(item, replace, field));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, eachString(item, replace, name)]));
}

/** Senders of indexed messages, and those the audit knows already, whose ids stand in some words. */
async function sendersAmong(db: Db, appId: number, words: readonly string[]): Promise<readonly string[]> {
  const candidates = new Set(
    words.flatMap((text) => [
      ...text.split(/\s+/u),
      ...(text.match(/[\w@#.+-]+/gu) ?? []),
      ...(text.match(/[\p{L}\p{N}_]+/gu) ?? []),
      ...(text.match(/\w+/gu) ?? []),
    ]),
  );
  const ids = [...candidates].filter(({ length }) => length >= shortestId && length <= 256).slice(0, mostCandidates);
  if (ids.length === 0) return [];
  const { rows } = await sql<{ id: string }>`
    select id from unnest(${ids}::text[]) id
     where exists (select from sender_pseudonyms where app_id = ${appId} and sender = id)
        or exists (select from messages where app_id = ${appId} and sender = id)`.execute(db);
  return rows.map(({ id }) => id);
}
