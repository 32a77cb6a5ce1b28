import type { Pool } from '@chat-recall/shared/db';
import { messageKey, type LedgerCall, type StoredMessage } from '@chat-recall/simulator';
import type { Links } from '../parts/links.ts';
import type { Platform } from '../parts/platform.ts';
import type { SelfEnded, Standstill, Termination } from '../parts/process.ts';
import type { System } from '../parts/system.ts';
import type { PartName } from '../plan/faults.ts';
import { departures } from './departures.ts';
import type { AskedRecall, Asker, RecallView } from '../work/asker.ts';
import type { Answered } from '../work/sender.ts';

/** What identifies a message: `messageKey` of the stand-in. */
type Key = string;

export interface OutcomeRow {
  readonly key: Key;
  readonly owner: string;
  readonly msgSeq: number;
  readonly state: string;
  readonly retCode: number | null;
  readonly lostSince: Date | null;
  readonly tries: number;
}

export interface AttemptRow {
  readonly owner: string;
  readonly msgSeqs: readonly number[];
  /** Unix milliseconds. */
  readonly startedAt: number;
  readonly result: string | null;
  readonly pid: number;
}

/** A recall with all that is known of it. */
export interface RecallFacts extends AskedRecall {
  readonly view: RecallView;
  readonly outcomes: readonly OutcomeRow[];
  readonly attempts: readonly AttemptRow[];
  readonly calls: readonly LedgerCall[];
  readonly batches: { readonly total: number; readonly done: number };
}

/** Everything that the checks judge by, read when all has come to rest. */
export interface Facts {
  readonly answered: readonly Answered[];
  /** How each indexed message came, see `messageSources`: 0 by callback. */
  readonly stored: ReadonlyMap<Key, number>;
  readonly truth: ReadonlyMap<Key, StoredMessage>;
  readonly recalls: readonly RecallFacts[];
  /** Every recall call that reached the stand-in, in order. */
  readonly calls: readonly LedgerCall[];
  /** When each of them left its worker: what a proxy held arrived later than that. Unix milliseconds. */
  readonly leftAt: ReadonlyMap<LedgerCall, number>;
  readonly standstills: readonly Standstill[];
  readonly selfEnded: readonly ({ readonly part: string } & SelfEnded)[];
  readonly terminations: readonly ({ readonly part: PartName } & Termination)[];
  /** First row of the audit that does not fit the chain; null: it is whole. */
  readonly auditBrokenAt: number | null;
  readonly auditRows: number;
}

export async function gatherFacts(parts: {
  readonly pool: Pool;
  readonly platform: Platform;
  readonly links: Links;
  readonly system: System;
  readonly asker: Asker;
  readonly answered: readonly Answered[];
}): Promise<Facts> {
  const { pool, platform, links, system, asker, answered } = parts;
  const calls = await platform.recallCalls();
  const messages = await platform.messages();
  const stored = await pool.query<{ owner: string; seq: number; source: number }>(
    `select ${owner}, m.msg_seq as seq, m.source from messages m join conversations c using (conversation_id)`,
  );
  const outcomes = await pool.query<Omit<OutcomeRow, 'key'> & { recall: string }>(
    `select o.recall_id as recall, ${owner}, o.msg_seq as "msgSeq", o.state::text, o.ret_code as "retCode",
            o.lost_since as "lostSince", o.tries from outcomes o join conversations c using (conversation_id)`,
  );
  const attempts = await pool.query<
    Omit<AttemptRow, 'startedAt' | 'pid'> & { recall: string; at: Date; worker: string }
  >(
    `select a.recall_id as recall, ${owner}, a.msg_seqs as "msgSeqs", a.started_at as at, a.result, a.worker
       from attempts a join conversations c using (conversation_id) order by a.started_at`,
  );
  const batches = await pool.query<{ recall: string; total: number; done: number }>(
    `select recall_id as recall, count(*)::int as total, count(*) filter (where state = 'done')::int as done
       from batches group by 1`,
  );
  const audit = await pool.query<{ broken: number | null; n: number }>(
    `select audit_first_broken() as broken, (select count(*)::int from audit) as n`,
  );
  const outcomesOf = grouped(outcomes.rows, ({ recall }) => recall);
  const attemptsOf = grouped(attempts.rows, ({ recall }) => recall);
  const callsOf = grouped(calls, ({ reason }) => reason ?? '');
  const batchesOf = new Map(batches.rows.map((row) => [row.recall, row]));
  const recalls = await Promise.all(
    asker.asked.map(async (asked): Promise<RecallFacts> => ({
      ...asked,
      view: await asker.read(asked.id),
      outcomes: (outcomesOf.get(asked.id) ?? []).map((row) => ({ ...row, key: messageKey(row.owner, row.msgSeq) })),
      attempts: (attemptsOf.get(asked.id) ?? []).map((row) => ({
        ...row,
        startedAt: row.at.getTime(),
        pid: pidOf(row.worker),
      })),
      calls: callsOf.get(`chaos ${asked.planned.name}`) ?? [],
      batches: batchesOf.get(asked.id) ?? { total: 0, done: 0 },
    })),
  );
  return {
    answered,
    stored: new Map(stored.rows.map((row) => [messageKey(row.owner, row.seq), row.source])),
    truth: new Map(
      messages.map((message) => [messageKey(message.topicId ?? message.groupId, message.msgSeq), message]),
    ),
    recalls,
    calls,
    leftAt: departures(calls, links.seen.calls),
    standstills: system.parts.flatMap(({ standstills }) => standstills),
    selfEnded: system.parts.flatMap(({ name, selfEnded }) => selfEnded.map((one) => ({ part: name, ...one }))),
    terminations: system.parts.flatMap(({ name, terminations }) => terminations.map((one) => ({ part: name, ...one }))),
    auditBrokenAt: audit.rows[0]?.broken ?? null,
    auditRows: audit.rows[0]?.n ?? 0,
  };
}

/** As the stand-in names what owns a sequence. */
const owner = `case when c.topic_id = '' then c.group_id else c.topic_id end as owner`;

/** Workers are called `host-pid-random`. */
function pidOf(worker: string): number {
  return Number(worker.split('-').at(-2));
}

function grouped<T>(items: readonly T[], keyOf: (item: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const key = keyOf(item);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [item]);
    else group.push(item);
  }
  return groups;
}
