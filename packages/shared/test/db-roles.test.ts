import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { createPool, grantRoles, type Pool, type ProcessRole } from '@chat-recall/shared/db';
import { createTestDatabase, type TestDatabase } from '@chat-recall/testkit';

let database: TestDatabase;
let pools: Record<ProcessRole | 'owner', Pool>;

beforeAll(async () => {
  database = await createTestDatabase();
  if (database.as('worker') === database.url) throw new Error('the user of DATABASE_URL must be able to make roles');
  await database.makeQueues();
  const open = (databaseUrl: string): Pool => createPool({ databaseUrl, name: 'test', size: 2 });
  pools = {
    owner: open(database.url),
    receiver: open(database.as('receiver')),
    worker: open(database.as('worker')),
    console: open(database.as('console')),
  };
});
afterAll(async () => {
  await Promise.all(Object.values(pools).map((pool) => pool.end()));
  await database.drop();
});

/** What somebody would try who has taken over a process. */
const attempts: Readonly<Record<ProcessRole, readonly string[]>> = {
  receiver: [
    'select text from messages',
    'select folded from messages',
    'select pieces from messages',
    'select raw from messages',
    'select sender from messages',
    'select * from messages',
    'select text from messages_default',
    `insert into messages (conversation_id, msg_seq, app_id, msg_time, received_at, message_types, sender, text, pieces)
     values (1, 1, 1, now(), now(), 1, 's', 't', '{}') returning text`,
    'delete from messages',
    `update messages set msg_time = now()`,
    'select raw from quarantine',
    'select * from recalls',
    `update recalls set state = 'running'`,
    'select * from outcomes',
    'select * from evidence',
    'select * from audit',
    `insert into audit (actor, person, role, via, address, action, details) values ('', '', '', '', '', '', '{}')`,
    'select * from api_tokens',
    'select * from sessions',
    'select * from sender_pseudonyms',
    'select * from protected_senders',
    'delete from recall_marks',
    'update recall_marks set recall_id = gen_random_uuid()',
    'select known from coverage',
    'select * from bullmq.job',
    `select drop_message_partition('2000-01-01')`,
    `select ensure_message_partition('2000-01-01')`,
    `select * from rate_gate_take('g', 1, 1, 1, 0)`,
  ],
  worker: [
    'select * from api_tokens',
    'select token_hash from api_tokens',
    'update api_tokens set revoked_at = null',
    `insert into api_tokens (token_id, name, person, role, token_hash, created_by)
     values (gen_random_uuid(), 'n', 'p', 'admin', 'h', 'c')`,
    'select * from sessions',
    `insert into sessions (session_hash, csrf_token) values ('h', 'c')`,
    'select * from audit',
    `update audit set actor = 'somebody else'`,
    'delete from audit',
    'delete from recalls',
    'delete from conversations',
    'delete from erasures',
    'delete from bullmq.migration',
  ],
  console: [
    'delete from messages',
    'delete from outcomes',
    'delete from recalls',
    'delete from evidence',
    'insert into evidence select * from evidence',
    'update evidence set text = null',
    'update recall_marks set recalled_at = now()',
    'delete from audit',
    `update audit set actor = 'somebody else'`,
    'delete from api_tokens',
    'select raw from quarantine',
    `select drop_message_partition('2000-01-01')`,
    `select ensure_message_partition('2000-01-01')`,
    `select analyze_table('messages')`,
    `select rate_gate_ensure('g')`,
    'drop sequence bullmq.job_seq',
  ],
};

/** What no process may do. */
const nobody = [
  'create table mine (id int)',
  'create function mine() returns int language sql as $$ select 1 $$',
  'create schema mine',
  'drop table messages_default',
  'drop table messages',
  'truncate audit',
  'alter table audit disable trigger audit_keep',
  'alter table messages add column mine int',
  'create index mine on messages (sender)',
  `create trigger mine before insert on messages for each row execute function audit_refuse()`,
  `update schema_migrations set checksum = ''`,
  `insert into schema_migrations (version, name, checksum) values (9999, 'mine', '')`,
  'delete from schema_migrations',
  'create table bullmq.mine (id int)',
  'delete from bullmq.migration',
  'alter role chat_recall_receiver login',
  'create role mine',
  `copy messages (text) to program 'cat'`,
  `select pg_read_file('/etc/hostname')`,
];

/** The SQLSTATE with which a statement was refused. */
async function refusal(role: ProcessRole, statement: string): Promise<string> {
  try {
    await pools[role].query(statement);
    return 'it was done';
  } catch (error) {
    return String((error as { code?: unknown }).code);
  }
}
const insufficientPrivilege = '42501';

for (const [role, own] of Object.entries(attempts) as [ProcessRole, readonly string[]][]) {
  test.each([...own, ...nobody])(`the ${role} may not: %s`, async (statement) => {
    expect(await refusal(role, statement)).toBe(insufficientPrivilege);
  });
}

test('all that was tried is possible to the owner, but for what needs more than a database of its own', async () => {
  const tried = Object.values(attempts).flat();
  const { rows } = await pools.owner.query<{ owned: boolean }>(
    `select bool_and(pg_has_role(relowner, 'usage')) as owned from pg_class
      where relnamespace in ('public'::regnamespace, 'bullmq'::regnamespace)`,
  );
  expect(rows).toEqual([{ owned: true }]);
  for (const statement of tried.filter((one) => one.startsWith('select'))) {
    await expect(pools.owner.query(`explain ${statement}`)).resolves.toBeDefined();
  }
});

test('partitions that are made later are open to the worker, and to it alone', async () => {
  await pools.worker.query(`select ensure_message_partition('2031-05-06')`);
  await expect(pools.worker.query('select text from messages_20310506')).resolves.toMatchObject({ rows: [] });
  await expect(pools.worker.query(`update messages_20310506 set text = ''`)).resolves.toMatchObject({ rowCount: 0 });
  await expect(pools.worker.query('delete from messages_20310506')).resolves.toMatchObject({ rowCount: 0 });
  for (const role of ['receiver', 'console'] as const) {
    expect(await refusal(role, 'delete from messages_20310506')).toBe(insufficientPrivilege);
    expect(await refusal(role, 'drop table messages_20310506')).toBe(insufficientPrivilege);
  }
  expect(await refusal('receiver', 'select text from messages_20310506')).toBe(insufficientPrivilege);
});

test('the worker drops days that are over, and no others', async () => {
  await pools.worker.query(`select ensure_message_partition('2021-05-06')`);
  await pools.worker.query(`select drop_message_partition('2021-05-06')`);
  await expect(pools.worker.query(`select drop_message_partition((now() at time zone 'UTC')::date)`)).rejects.toThrow(
    'is not over',
  );
});

test('functions that run as the owner do not look into tables that somebody else made for them', async () => {
  const { rows } = await pools.owner.query<{ name: string; path: string[] | null }>(
    `select proname as name, proconfig as path from pg_proc
      where prosecdef and pronamespace = 'public'::regnamespace order by 1`,
  );
  expect(rows.map(({ name }) => name)).toEqual([
    'analyze_table',
    'audit_append',
    'coverage_note',
    'drop_message_partition',
    'ensure_message_partition',
    'merge_pieces',
    'rate_gate_ensure',
    'rate_gate_take',
    'recall_marks_graded',
  ]);
  for (const { path } of rows) expect(path).toEqual(['search_path=public, pg_temp']);
  const client = await pools.receiver.connect();
  try {
    // A receiver may make temporary tables; the function counts in the real one all the same.
    await client.query('create temporary table coverage (conversation_id bigint)');
    await client.query(`select coverage_note('{77}', '{"{[1,2)}"}', array[now()])`);
    expect((await client.query('select from pg_temp.coverage')).rowCount).toBe(0);
  } finally {
    client.release(true);
  }
  expect((await pools.owner.query('select from coverage where conversation_id = 77')).rowCount).toBe(1);
});

test('granting again changes nothing, and takes away what was granted beside', async () => {
  const privileges = async (): Promise<unknown> =>
    (
      await pools.owner.query(
        `select c.relname, a.grantee::regrole::text as role, a.privilege_type, null as attname
           from pg_class c, aclexplode(c.relacl) a where c.relnamespace = 'public'::regnamespace and a.grantee <> 0
         union all
         select c.relname, a.grantee::regrole::text, a.privilege_type, t.attname
           from pg_attribute t join pg_class c on c.oid = t.attrelid, aclexplode(t.attacl) a
          where c.relnamespace = 'public'::regnamespace order by 1, 2, 3, 4`,
      )
    ).rows;
  const before = await privileges();
  await pools.owner.query('grant select on api_tokens to chat_recall_worker');
  await pools.owner.query('grant select (text) on messages to chat_recall_receiver');
  expect(await privileges()).not.toEqual(before);
  await grantRoles({ databaseUrl: database.url });
  expect(await privileges()).toEqual(before);
});
