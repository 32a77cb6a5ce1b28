import { randomBytes } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { startEmbeddedPostgres } from '@chat-recall/local';
import { grantQueues, type ProcessRole } from '@chat-recall/shared/db';
import { defaultQueueSchema, ensureQueueSchema } from '@chat-recall/shared/queue';
import pg from 'pg';
import { sharedServer } from './shared-server.ts';
import { buildTemplate, templateName, urlOfDatabase } from './template.ts';
import { hasTestLogins, urlOfLogin } from './test-logins.ts';

/** Databases of runs that were killed go when they are this old, ms. */
const forgottenAfterMs = 6 * 3_600_000;
/** Autovacuum may be looking at the template for a moment. */
const busyTries = 50;

export interface TestDatabase {
  readonly url: string;
  /** Its URL for a process that may do what its role is granted, and no more. */
  as(role: ProcessRole): string;
  /** Makes the queues' tables and opens them to worker and console, as the migrations do for production. */
  makeQueues(schema?: string): Promise<void>;
  /** Ends whatever connections there are, and removes it. */
  drop(): Promise<void>;
}

/**
 * A database of the caller's own with all migrations applied: a clone of a template, about 60 ms. On the
 * server of `DATABASE_URL` when that is set (its user needs CREATEDB; without CREATEROLE, processes are not held to
 * their roles), else on an embedded one that all of jest's workers share and that global-teardown.js ends.
 */
export async function createTestDatabase(): Promise<TestDatabase> {
  const serverUrl = await testServerUrl();
  const name = `chat_recall_test_${Date.now()}_${randomBytes(4).toString('hex')}`;
  let held = false;
  await onServer(serverUrl, async (client) => {
    const template = await templateName();
    for (let tries = 1; ; tries += 1) {
      try {
        await client.query(`create database ${name} template ${template}`);
        held = await hasTestLogins(client);
        return;
      } catch (error) {
        const { code } = error as { code?: string };
        // invalid_catalog_name: no such template (yet, or another checkout has removed it).
        if (code === '3D000' && tries < busyTries) {
          await dropForgotten(client);
          await buildTemplate(client, serverUrl, template);
        } else if (code === '55006' && tries < busyTries) await delay(50);
        else throw error;
      }
    }
  });
  const url = urlOfDatabase(serverUrl, name);
  return {
    url,
    as: (role) => (held ? urlOfLogin(url, role) : url),
    async makeQueues(schema = defaultQueueSchema) {
      await ensureQueueSchema(url, schema);
      if (held) await grantQueues(url, schema);
    },
    drop: () =>
      onServer(serverUrl, async (client) => void (await client.query(`drop database if exists ${name} with (force)`))),
  };
}

/** The server on which test databases are made; the URL names its maintenance database. */
export async function testServerUrl(): Promise<string> {
  const given = process.env['DATABASE_URL'];
  if (given !== undefined && given !== '') return given;
  return sharedServer('postgres', async ({ ownerPid }) => {
    const { url, pid, dataDir } = await startEmbeddedPostgres({ persistent: false, database: 'postgres', ownerPid });
    return { url, pid, signal: 'SIGQUIT', remove: dataDir };
  });
}

async function onServer(serverUrl: string, work: (client: pg.Client) => Promise<void>): Promise<void> {
  const client = new pg.Client({ connectionString: serverUrl, connectionTimeoutMillis: 10_000 });
  await client.connect();
  try {
    await work(client);
  } finally {
    await client.end();
  }
}

/** Only a server that outlives runs has any; looked for whenever a template is built, which is seldom. */
async function dropForgotten(client: pg.Client): Promise<void> {
  const { rows } = await client.query<{ datname: string }>(
    `select datname from pg_database where datname ~ '^chat_recall_test_[0-9]+_'
       and split_part(datname, '_', 4)::bigint < $1 and datdba = current_user::regrole`,
    [Date.now() - forgottenAfterMs],
  );
  for (const { datname } of rows) await client.query(`drop database if exists ${datname} with (force)`);
}
