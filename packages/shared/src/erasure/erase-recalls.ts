import { randomBytes } from 'node:crypto';
import { sql, type RawBuilder } from 'kysely';
import type { Db } from '../db/index.ts';
import { erasedTypes } from './erase-messages.ts';
import { inWords, mayName, ofApp, ofAppsRecall, type Step, type Subject } from './step.ts';
import { isOneOf, walkOn, type Walk } from './walk.ts';

const outcomesAtOnce = 10_000;
const evidenceAtOnce = 5_000;
const recallsAtOnce = 500;

const bySequence: Walk['key'] = [
  ['recall_id', 'uuid'],
  ['conversation_id', 'bigint'],
  ['msg_seq', 'bigint'],
];

/** What recalls asked for and why. Their request's hash would tell who was meant to whoever guesses. */
export const eraseInRecalls: Step = async (trx, subject, after) => {
  const { appId, mention } = subject;
  const columns = ['selector', 'reason', 'state_note', 'idempotency_key', 'requested_by'];
  const { hits, after: next } = await walkOn(
    trx,
    {
      table: 'recalls',
      key: [['id', 'uuid']],
      columns: [...columns, 'source'],
      hit: sql`t.app_id = ${appId} and ${mayName(subject, columns)}`,
      size: recallsAtOnce,
    },
    after,
  );
  let recalls = 0;
  for (const { key, row } of hits) {
    const { requested_by: requestedBy, source, ...words } = row as unknown as RecallWords;
    const before = {
      selector: words.selector,
      reason: words.reason,
      note: words.state_note,
      key: words.idempotency_key,
      // Of the console it is the name of a token; in a job anybody can claim to be somebody.
      by: source === 'queue' ? requestedBy : null,
    };
    const now = mention.replacedInJson(before);
    if (now === before) continue;
    await sql`
      update recalls
         set selector = ${JSON.stringify(now.selector)}::jsonb, reason = ${now.reason}, state_note = ${now.note},
             idempotency_key = ${now.key}, requested_by = ${now.by ?? requestedBy},
             request_hash = ${randomBytes(32).toString('hex')}
       where id = ${key[0]}::uuid`.execute(trx);
    recalls += 1;
  }
  return { after: next, changed: { recalls } };
};

interface RecallWords {
  readonly selector: unknown;
  readonly reason: string;
  readonly state_note: string | null;
  readonly idempotency_key: string | null;
  readonly requested_by: string;
  readonly source: string;
}

/** Recalls that were at work while the erasure was, which may have planned and recalled what came meanwhile. */
function atWorkSince({ id }: Subject): RawBuilder<unknown> {
  return sql`t.recall_id in (select r.id from recalls r, erasures e
    where e.id = ${id} and r.app_id = e.app_id and (r.finished_at is null or r.finished_at >= e.started_at))`;
}

/** Plans and outcomes. @param late only of recalls that were at work meanwhile */
export function eraseInOutcomes(late: boolean): Step {
  return async (trx, subject, after) => {
    const { mention } = subject;
    const { hits, after: next } = await walkOn(
      trx,
      {
        table: 'outcomes',
        key: bySequence,
        hit: sql`t.sender = ${mention.sender} and ${ofAppsRecall(subject)}`,
        size: outcomesAtOnce,
        ...(late ? { among: atWorkSince(subject) } : {}),
      },
      after,
    );
    if (hits.length > 0) {
      const keys = hits.map(({ key }) => key);
      await sql`update outcomes t set sender = ${mention.replacement} where ${isOneOf(bySequence, keys)}`.execute(trx);
    }
    return { after: next, changed: { outcomes: hits.length } };
  };
}

/** What recalls took back. @param late only of recalls that were at work meanwhile */
export function eraseEvidence(late: boolean): Step {
  return async (trx, subject, after) => {
    const { appId, mention } = subject;
    const { hits, after: next } = await walkOn(
      trx,
      {
        table: 'evidence',
        key: bySequence,
        columns: ['sender', 'text'],
        hit: sql`t.app_id = ${appId} and (t.sender = ${mention.sender} or ${inWords('t.text', mention)})`,
        size: evidenceAtOnce,
        ...(late ? { among: atWorkSince(subject) } : {}),
      },
      after,
    );
    const own = hits.filter(({ row }) => row['sender'] === mention.sender);
    if (own.length > 0) {
      const keys = own.map(({ key }) => key);
      await sql`
        update evidence t set sender = ${mention.replacement}, text = '', message_types = ${erasedTypes}
         where ${isOneOf(bySequence, keys)}`.execute(trx);
    }
    let others = 0;
    for (const { key, row } of hits) {
      const text = String(row['text']);
      if (row['sender'] === mention.sender || !mention.isIn(text)) continue;
      await sql`
        update evidence t set text = ${mention.replacedIn(text)} where ${isOneOf(bySequence, [key])}`.execute(trx);
      others += 1;
    }
    return { after: next, changed: { evidence: own.length + others } };
  };
}

/** What checks of plans found. */
export const eraseFindings: Step = async (trx, subject, after) => {
  const { mention } = subject;
  const { sender, replacement } = mention;
  const { hits, after: next } = await walkOn(
    trx,
    {
      table: 'plan_findings',
      key: bySequence,
      columns: ['sender', 'told_sender', 'text'],
      hit: sql`(t.sender = ${sender} or t.told_sender = ${sender} or ${inWords('t.text', mention)})
               and ${ofAppsRecall(subject)}`,
      size: evidenceAtOnce,
    },
    after,
  );
  for (const { key, row } of hits) {
    const finding = row as { sender: string | null; told_sender: string | null; text: string | null };
    const own = finding.sender === sender || finding.told_sender === sender;
    const text = own || finding.text === null ? null : mention.replacedIn(finding.text);
    await sql`
      update plan_findings t
         set sender = case when sender = ${sender} then ${replacement} else sender end,
             told_sender = case when told_sender = ${sender} then ${replacement} else told_sender end, text = ${text}
       where ${isOneOf(bySequence, [key])}`.execute(trx);
  }
  return { after: next, changed: { findings: hits.length } };
};

const byMessage: Walk['key'] = [
  ['conversation_id', 'bigint'],
  ['msg_seq', 'bigint'],
];

/** Who recalled a message, where it was the person. */
export const eraseInMarks: Step = async (trx: Db, subject, after) => {
  const { mention } = subject;
  const { hits, after: next } = await walkOn(
    trx,
    {
      table: 'recall_marks',
      key: byMessage,
      hit: sql`t.operator = ${mention.sender} and ${ofApp(subject)}`,
      size: outcomesAtOnce,
    },
    after,
  );
  if (hits.length > 0) {
    const keys = hits.map(({ key }) => key);
    await sql`update recall_marks t set operator = ${mention.replacement} where ${isOneOf(byMessage, keys)}`.execute(
      trx,
    );
  }
  return { after: next, changed: { marks: hits.length } };
};
