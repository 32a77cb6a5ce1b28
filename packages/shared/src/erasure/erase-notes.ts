import { sql, type RawBuilder } from 'kysely';
import type { Db } from '../db/index.ts';
import { mayName, ofApp, ofAppsRecall, type Step, type Subject } from './step.ts';
import { isOneOf, walkOn, type Walk } from './walk.ts';

const refusedAtOnce = 500;

/** Callbacks that the database refused: that there was one stays, its body does not. */
export const eraseQuarantine: Step = async (trx, { appId, mention }, after) => {
  const key: Walk['key'] = [['id', 'bigint']];
  const { hits, after: next } = await walkOn(
    trx,
    { table: 'quarantine', key, columns: ['raw'], hit: sql`t.app_id = ${appId}`, size: refusedAtOnce },
    after,
  );
  const named = hits.filter(({ row }) => mention.isInBody((row['raw'] as Buffer).toString('utf8')));
  if (named.length > 0) {
    const keys = named.map((hit) => hit.key);
    await sql`update quarantine t set raw = '' where ${isOneOf(key, keys)}`.execute(trx);
  }
  return { after: next, changed: { quarantined: named.length } };
};

const byAppId = ({ appId }: Subject): RawBuilder<unknown> => sql`t.app_id = ${appId}`;

/** Where somebody may have written an id among other words; small tables, and no key of theirs is an id. */
const notes: readonly {
  readonly table: string;
  readonly key: Walk['key'];
  readonly columns: readonly string[];
  readonly ofApp: (subject: Subject) => RawBuilder<unknown>;
}[] = [
  { table: 'rules', key: [['recall_id', 'uuid']], columns: ['name'], ofApp: ofAppsRecall },
  {
    table: 'protected_senders',
    key: [
      ['app_id', 'bigint'],
      ['sender', 'text'],
    ],
    columns: ['reason'],
    ofApp: byAppId,
  },
  {
    table: 'protected_messages',
    key: [
      ['conversation_id', 'bigint'],
      ['msg_seq', 'bigint'],
    ],
    columns: ['reason'],
    ofApp,
  },
  {
    table: 'callback_counts',
    key: [
      ['app_id', 'bigint'],
      ['day', 'date'],
      ['command', 'text'],
    ],
    columns: ['details'],
    ofApp: byAppId,
  },
  { table: 'deliveries', key: [['delivery_id', 'uuid']], columns: ['last_error'], ofApp: ofAppsRecall },
  { table: 'erasures', key: [['id', 'uuid']], columns: ['reason'], ofApp: byAppId },
];

export const eraseNotes: Step = async (trx, subject) => {
  const { mention } = subject;
  let changed = 0;
  for (const { table, key, columns, ofApp: belongs } of notes) {
    const hit = sql`${mayName(subject, columns)} and ${belongs(subject)}`;
    const { hits } = await walkOn(trx, { table, key, columns, hit, among: hit, size: 100_000 }, null);
    for (const { key: at, row } of hits) {
      const before = Object.fromEntries(columns.map((column) => [column, row[column]]));
      const now = mention.replacedInJson(before);
      if (now === before) continue;
      const sets = columns.map((column) => {
        const value = now[column];
        return sql`${sql.ref(column)} = ${typeof value === 'object' && value !== null ? sql`${JSON.stringify(value)}::jsonb` : value}`;
      });
      await sql`update ${sql.table(table)} t set ${sql.join(sets)} where ${isOneOf(key, [at])}`.execute(trx);
      changed += 1;
    }
  }
  return { after: null, changed: { notes: changed } };
};

/**
 * Before anything else: whoever is protected stays so under the replacement, whichever of the two a plan names
 * meanwhile. The id itself goes last.
 */
export const protectReplacement: Step = async (trx, { appId, mention }) => {
  await sql`
    insert into protected_senders (app_id, sender, reason, created_by, created_at)
    select app_id, ${mention.replacement}, reason, created_by, created_at from protected_senders
     where app_id = ${appId} and sender = ${mention.sender}
    on conflict do nothing`.execute(trx);
  return { after: null, changed: {} };
};

/** The last rows whose key is the id. @returns how many */
export async function forgetKeys(trx: Db, { appId, mention }: Subject): Promise<number> {
  let forgotten = 0;
  for (const table of ['protected_senders', 'sender_pseudonyms']) {
    const { numAffectedRows } = await sql`
      delete from ${sql.table(table)} where app_id = ${appId} and sender = ${mention.sender}`.execute(trx);
    forgotten += Number(numAffectedRows ?? 0);
  }
  return forgotten;
}
