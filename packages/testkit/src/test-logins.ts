import { createHash } from 'node:crypto';
import { grantRoles, processRoles, type ProcessRole } from '@chat-recall/shared/db';
import type pg from 'pg';

const roles = Object.keys(processRoles) as ProcessRole[];

/** Log-ins of tests alone: those of production may stand on the same server. */
function loginOf(role: ProcessRole): string {
  return `chat_recall_test_${role}`;
}

/** Known to whoever knows the server's URL, in whatever process. */
function passwordOf(serverUrl: string, role: ProcessRole): string {
  return createHash('sha256')
    .update(`${new URL(serverUrl).password} ${role}`)
    .digest('hex');
}

/** Grants what each process may do, and makes a log-in for each that has it; nothing where roles may not be made. */
export async function grantToTestLogins(client: pg.Client, databaseUrl: string): Promise<void> {
  try {
    await grantRoles({ databaseUrl });
    for (const role of roles) {
      const { rowCount } = await client.query('select from pg_roles where rolname = $1', [loginOf(role)]);
      if (rowCount === 0) await client.query(`create role ${loginOf(role)} login in role ${processRoles[role]}`);
      await client.query(`alter role ${loginOf(role)} password '${passwordOf(databaseUrl, role)}'`);
    }
  } catch (error) {
    if ((error as { code?: unknown }).code !== '42501') throw error;
  }
}

export async function hasTestLogins(client: pg.Client): Promise<boolean> {
  const { rowCount } = await client.query('select from pg_roles where rolname = any($1)', [roles.map(loginOf)]);
  return rowCount === roles.length;
}

export function urlOfLogin(databaseUrl: string, role: ProcessRole): string {
  const url = new URL(databaseUrl);
  url.password = passwordOf(databaseUrl, role);
  url.username = loginOf(role);
  return url.href;
}
