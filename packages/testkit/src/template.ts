import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { migrate, migrationsFolder } from '@chat-recall/shared/db';
import type pg from 'pg';
import { grantToTestLogins } from './test-logins.ts';

/** Changes with any byte of any migration and of what roles are granted, so that a template never is of yesterday. */
export async function templateName(folder = migrationsFolder): Promise<string> {
  const hash = createHash('sha256');
  for (const name of (await readdir(folder, { recursive: true })).filter((each) => each.endsWith('.sql')).sort()) {
    hash
      .update(`${name}\0`)
      .update(await readFile(join(folder, name)))
      .update('\0');
  }
  return `chat_recall_template_${hash.digest('hex').slice(0, 16)}`;
}

/**
 * Builds the template unless another process has, under an advisory lock of the server. It gets its name
 * only when it is whole, and then lets nobody in, since a database in use cannot be cloned. Templates of
 * other migrations are removed; a checkout that still needs one builds it again.
 */
export async function buildTemplate(client: pg.Client, serverUrl: string, template: string): Promise<void> {
  const draft = 'chat_recall_template_draft';
  await client.query(`select pg_advisory_lock(hashtext('chat-recall test template'))`);
  try {
    const { rows } = await client.query<{ datname: string }>(
      `select datname from pg_database where datname ~ '^chat_recall_template_' and datdba = current_user::regrole`,
    );
    if (rows.some(({ datname }) => datname === template)) return;
    for (const { datname } of rows) await client.query(`drop database if exists ${datname} with (force)`);
    await client.query(`create database ${draft} template template0 encoding 'UTF8'`);
    await migrate({ databaseUrl: urlOfDatabase(serverUrl, draft) });
    await grantToTestLogins(client, urlOfDatabase(serverUrl, draft));
    await client.query(`alter database ${draft} with allow_connections false`);
    await client.query(`alter database ${draft} rename to ${template}`);
  } finally {
    await client.query(`select pg_advisory_unlock(hashtext('chat-recall test template'))`);
  }
}

export function urlOfDatabase(serverUrl: string, name: string): string {
  const url = new URL(serverUrl);
  url.pathname = `/${name}`;
  return url.href;
}
