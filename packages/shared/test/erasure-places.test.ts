import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { createPool, type Pool } from '@chat-recall/shared/db';
import { createTestDatabase, type TestDatabase } from '@chat-recall/testkit';

let database: TestDatabase;
let pool: Pool;
beforeAll(async () => {
  database = await createTestDatabase();
  pool = createPool({ databaseUrl: database.url, name: 'test' });
});
afterAll(async () => {
  await pool.end();
  await database.drop();
});

/** Where an erasure looks; packages/shared/src/erasure. */
const erased = `callback_counts.details deliveries.last_error erasures.reason erasures.sender evidence.sender evidence.text
  messages.folded messages.pieces messages.raw messages.sender messages.text outcomes.sender plan_findings.sender
  plan_findings.text plan_findings.told_sender protected_messages.reason protected_senders.reason
  protected_senders.sender quarantine.raw recall_marks.operator recalls.idempotency_key recalls.reason
  recalls.request_hash recalls.requested_by recalls.selector recalls.state_note rules.name sender_pseudonyms.sender`;
/** Words of ours, numbers, staff, groups, hashes, and the audit, which never holds a sender's id. */
const others = `api_tokens.created_by api_tokens.name api_tokens.person api_tokens.role api_tokens.token_hash attempts.msg_seqs
  attempts.result attempts.ret_codes attempts.worker audit.action
  audit.actor audit.address audit.details audit.hash audit.person audit.prev_hash audit.role audit.via
  backfill_parts.note backfill_parts.part backfill_parts.state backfill_parts.step backfills.kind
  backfills.next_groups backfills.note backfills.requested_by backfills.state batches.msg_seqs batches.worker
  callback_counts.command conversations.group_id conversations.group_type conversations.topic_id coverage.history
  erasures.after erasures.changed erasures.found erasures.requested_by erasures.waits_for follows.cause
  ingest_samples.receiver left_out.why plan_findings.finding protected_messages.created_by
  protected_senders.created_by quarantine.command quarantine.error rate_gates.name recalls.approved_by
  recalls.canary_state recalls.check_state recalls.executed_by recalls.executed_person recalls.mode
  recalls.refused_conversations recalls.requested_person recalls.source recalls.state recalls.verify_state
  recalls.walk_after schema_migrations.checksum schema_migrations.name sessions.csrf_token
  sessions.name sessions.person sessions.role sessions.session_hash`;

test('of every column that could hold an id or a text it is settled whether an erasure looks there', async () => {
  const { rows } = await pool.query<{ place: string }>(
    `select table_name || '.' || column_name as place
       from information_schema.columns join information_schema.tables t using (table_schema, table_name)
      where t.table_type = 'BASE TABLE' and table_schema = 'public' and table_name !~ '^messages_'
        and data_type in ('text', 'jsonb', 'json', 'bytea', 'ARRAY', 'character varying')`,
  );
  const settled = new Set([...erased.split(/\s+/u), ...others.split(/\s+/u)]);
  expect(rows.map(({ place }) => place).filter((place) => !settled.has(place))).toEqual([]);
});
