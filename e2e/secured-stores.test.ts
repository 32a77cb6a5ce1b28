import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { repository, startSystem, type System } from '@chat-recall/local';
import { createPool, type Pool } from '@chat-recall/shared/db';
import { createStandIn, createWebhookSender, type StandIn } from '@chat-recall/simulator';
import {
  describeOrLeaveOut,
  eventually,
  findProgram,
  makeCertificate,
  redisMissing,
  spawnProcess,
  startEmbeddedPostgres,
  startRedis,
  type Certificate,
  type EmbeddedPostgres,
  type PrivateRedis,
} from '@chat-recall/testkit';
import { Redis } from 'ioredis';

const sdkAppId = 1_400_000_000;
const secretKey = 'a-secret-key-of-the-stand-in';
const webhookToken = 'callback-token';
const adminToken = 'an-admin-token-of-the-test';
const passwords = { receiver: 'receiver-secret', worker: 'worker-secret-1', console: 'console-secret' };

let postgres: EmbeddedPostgres;
let admin: Pool;
let folder: string;
let good: Certificate;
let other: Certificate;

beforeAll(async () => {
  postgres = await startEmbeddedPostgres({ persistent: false });
  admin = createPool({ databaseUrl: postgres.url, name: 'test', size: 1 });
  const { rows } = await admin.query<{ data: string; hba: string }>(
    `select current_setting('data_directory') as data, current_setting('hba_file') as hba`,
  );
  const { data = '', hba = '' } = rows[0] ?? {};
  const owner = statSync(data);
  folder = mkdtempSync(join(tmpdir(), 'secured-stores-'));
  good = await makeCertificate(data, 'localhost', owner);
  other = await makeCertificate(data, 'elsewhere.example', owner);
  writeFileSync(hba, 'hostssl all all 127.0.0.1/32 scram-sha-256\n');
  await admin.query('alter system set ssl = on');
  await present(good);
  await admin.end();
  await eventually(async () => (await trying(urlOf('postgres', 'verify-full', good))) === 'let in');
  admin = createPool({ databaseUrl: urlOf('postgres', 'verify-full', good), name: 'test', size: 1 });
});
afterAll(async () => {
  await admin.end();
  await postgres.stop();
  rmSync(folder, { recursive: true });
});

/** Has the server show another certificate from now on. */
async function present({ certFile, keyFile }: Certificate): Promise<void> {
  await admin.query(`alter system set ssl_cert_file = '${certFile}'`);
  await admin.query(`alter system set ssl_key_file = '${keyFile}'`);
  await admin.query('select pg_reload_conf()');
}

function urlOf(user: string, sslmode?: string, root?: Certificate, password?: string): string {
  const url = new URL(postgres.url);
  url.hostname = 'localhost';
  url.username = user;
  if (password !== undefined) url.password = password;
  if (sslmode !== undefined) url.searchParams.set('sslmode', sslmode);
  if (root !== undefined) url.searchParams.set('sslrootcert', root.certFile);
  return url.href;
}

/** `let in`, or the code or words with which it was refused. */
async function trying(databaseUrl: string): Promise<string> {
  const pool = createPool({ databaseUrl, name: 'test', size: 1 });
  try {
    await pool.query('select 1');
    return 'let in';
  } catch (error) {
    const { code, message } = error as { code?: string; message: string };
    return code ?? message;
  } finally {
    await pool.end();
  }
}

describe('Postgres over TLS', () => {
  test('is reached by its URL, when it shows what the URL trusts', async () => {
    expect(await trying(urlOf('postgres', 'verify-full', good))).toBe('let in');
  });

  test('is not reached without TLS, with another authority, or under another name', async () => {
    expect(await trying(urlOf('postgres'))).toBe('28000');
    expect(await trying(urlOf('postgres', 'verify-full'))).toBe('DEPTH_ZERO_SELF_SIGNED_CERT');
    expect(await trying(urlOf('postgres', 'verify-full', other))).toBe('DEPTH_ZERO_SELF_SIGNED_CERT');
    await present(other);
    await eventually(
      async () => (await trying(urlOf('postgres', 'verify-full', other))) === 'ERR_TLS_CERT_ALTNAME_INVALID',
    );
    await present(good);
    await eventually(async () => (await trying(urlOf('postgres', 'verify-full', good))) === 'let in');
  });
});

/** The migrations with `--roles`, as whoever installs it runs them. */
async function migrateWithRoles(more: Record<string, string> = {}): Promise<string> {
  const run = await spawnProcess({
    script: `${repository}packages/shared/dist/db/migrate-main.js`,
    args: ['--roles'],
    env: {
      PATH: process.env['PATH'] ?? '',
      DATABASE_URL: urlOf('postgres', 'verify-full', good),
      DATABASE_RECEIVER_PASSWORD: passwords.receiver,
      DATABASE_WORKER_PASSWORD: passwords.worker,
      DATABASE_CONSOLE_PASSWORD: passwords.console,
      ...more,
    },
  });
  expect(await run.exited).toEqual({ code: 0, signal: null });
  return run.lines.join('\n');
}

describe('the whole system', () => {
  let standIn: StandIn;
  let system: System | undefined;

  async function start(environment: Record<string, string>, redisUrl?: string): Promise<System> {
    standIn = await createStandIn({ sdkAppId, secretKey });
    const as = (user: keyof typeof passwords): string =>
      urlOf(`chat_recall_${user}`, 'verify-full', good, passwords[user]);
    system = await startSystem({
      databaseUrl: '',
      databaseUrls: { webhook: as('receiver'), worker: as('worker'), console: as('console') },
      redisUrl,
      sdkAppId,
      secretKey,
      apiUrl: standIn.url,
      webhookToken,
      adminToken,
      environment: { DATABASE_POOL_SIZE: '4', ...environment },
    });
    return system;
  }
  afterEach(async () => {
    await system?.stop();
    system = undefined;
    await standIn.close();
  });

  /** Callbacks in, a recall out, and a person erased, queues and all. @returns the queue UI's list of jobs */
  async function work({ receivers, console: desk }: System, from: string): Promise<unknown> {
    const groupId = `@TGS#${from}`;
    standIn.addGroup({ groupId, type: 'Public' });
    const callbacks = Array.from(
      { length: 100 },
      (_, at) => standIn.send({ groupId, from, text: `spam ${at}`, callback: false }).callback,
    );
    const sender = createWebhookSender({ url: `${receivers[0]?.url}/callback`, sdkAppId, token: webhookToken });
    expect(await sender.sendMany(callbacks)).toMatchObject({ ok: 100 });
    await sender.close();
    const api = async <T>(path: string, body?: object): Promise<T> => {
      const response = await fetch(`${desk.url}${path}`, {
        headers: { authorization: `Bearer ${adminToken}`, 'content-type': 'application/json' },
        ...(body === undefined ? {} : { method: 'POST', body: JSON.stringify(body) }),
      });
      if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`);
      return (await response.json()) as T;
    };
    const { id } = await api<{ id: string }>('/api/v1/recalls', { selector: { senders: [from] }, reason: 'spam' });
    await eventually(async () => (await api<{ state: string }>(`/api/v1/recalls/${id}`)).state === 'completed');
    expect(standIn.ledger.recalled().size).toBe(100);
    const erasure = await api<{ id: string }>('/api/v1/erasures', { sender: from, reason: 'asked for', confirm: true });
    await eventually(
      async () => (await api<{ state: string }>(`/api/v1/erasures/${erasure.id}`)).state === 'completed',
    );
    return api('/queues/api/queues?activeQueue=recall-batches&status=completed&page=1&jobsPerPage=10');
  }

  test('works over TLS, each process under its own role, the queues in Postgres', async () => {
    expect(await migrateWithRoles()).toMatch(/^applied 0001.*\nroles: granted$/su);
    const running = await start({});
    const { rows } = await admin.query<{ name: string; ssl: boolean }>(
      `select usename as name, bool_and(ssl) as ssl from pg_stat_ssl join pg_stat_activity using (pid)
        where usename like 'chat\\_recall\\_%' group by 1 order by 1`,
    );
    expect(rows).toEqual(['console', 'receiver', 'worker'].map((one) => ({ name: `chat_recall_${one}`, ssl: true })));
    await work(running, 'one');
  });

  const need = {
    there: findProgram('redis-server') !== undefined,
    ...redisMissing,
    requiredBy: 'REQUIRE_REDIS',
  };
  describeOrLeaveOut('with a Redis of TLS and users', need, () => {
    let redis: PrivateRedis;
    let certificate: Certificate;
    let url: string;
    const root = 'a-password-of-the-tests';

    beforeAll(async () => {
      certificate = await makeCertificate(folder, 'localhost');
      const users = readFileSync(`${repository}docs/security/redis.acl`, 'utf8').trim().split('\n');
      redis = await startRedis({
        secured: {
          ...certificate,
          users: [...users.map((line) => line.replace('CHANGE-ME', 's3cret')), `user root on >${root} ~* &* +@all`],
        },
      });
      url = redis.url.replace('//', '//chat_recall:s3cret@');
    });
    afterAll(() => redis.stop());

    const trust = (): { tls: { ca: string } } => ({ tls: { ca: readFileSync(certificate.certFile, 'utf8') } });

    test('works as the user of docs/security/redis.acl, who is refused nothing that it needs', async () => {
      expect(await migrateWithRoles({ REDIS_URL: url })).toMatch(/roles: granted$/u);
      const listed = await work(await start({ NODE_EXTRA_CA_CERTS: certificate.certFile }, url), 'two');
      expect(JSON.stringify(listed)).toContain('recall-batches');
      const client = new Redis(redis.url.replace('//', `//root:${root}@`), trust());
      // Who else is there the queue UI would like to know, and does without.
      const refused = (await client.call('ACL', 'LOG')) as readonly (readonly unknown[])[];
      expect(refused.map((entry) => entry[entry.indexOf('object') + 1])).toEqual(['client|list']);
      expect((await client.keys('*')).every((key) => key.startsWith('bull:'))).toBe(true);
      client.disconnect();
    });

    test.each([
      ['FLUSHALL'],
      ['FLUSHDB'],
      ['KEYS', '*'],
      ['SCAN', '0'],
      ['CONFIG', 'GET', '*'],
      ['ACL', 'LIST'],
      ['MONITOR'],
      ['SHUTDOWN'],
      ['SCRIPT', 'FLUSH'],
      ['CLIENT', 'KILL', 'ID', '1'],
      ['REPLICAOF', 'NO', 'ONE'],
      ['MIGRATE', '127.0.0.1', '1', 'bull:x', '0', '1'],
      ['GET', 'somebody:elses'],
      ['EVAL', "return redis.call('get', 'somebody:elses')", '0'],
      ['PUBLISH', 'channel', 'x'],
    ])('that user may not: %s %s', async (...command) => {
      const client = new Redis(url, { ...trust(), retryStrategy: () => null });
      client.on('error', () => {});
      await expect(client.call(command[0], ...command.slice(1))).rejects.toThrow(/NOPERM|can't access/u);
      client.disconnect();
    });

    test('nobody is let in without a user, and nobody talks to a server that is not trusted', async () => {
      const tried = async (to: string, options: object): Promise<unknown> => {
        const client = new Redis(to, { ...options, lazyConnect: true, retryStrategy: () => null });
        const lost = new Promise<unknown>((resolve) => client.once('error', resolve));
        try {
          await client.connect();
          return await client.ping().catch((error: unknown) => error);
        } catch {
          return await lost;
        } finally {
          client.disconnect();
        }
      };
      expect(await tried(url, trust())).toBe('PONG');
      expect(await tried(redis.url, trust())).toMatchObject({ message: expect.stringContaining('NOAUTH') });
      expect(await tried(url, {})).toMatchObject({ code: 'DEPTH_ZERO_SELF_SIGNED_CERT' });
    });
  });
});
