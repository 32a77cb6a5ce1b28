import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { Agent, request } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { createPool, type Pool } from '@chat-recall/shared/db';
import { callbackUrl } from '@chat-recall/simulator';
import {
  createTestDatabase,
  describeWithNginx,
  eventually,
  freePort,
  makeCertificate,
  spawnProcess,
  startNginx,
  type Certificate,
  type Nginx,
  type SpawnedProcess,
  type TestDatabase,
} from '@chat-recall/testkit';
import { startDatabaseProxy } from './database-proxy.ts';
import { appId, sendCommand, sent, token } from './receiver-at-work.ts';

const docker = new URL('../../../docker/nginx/', import.meta.url);
const script = new URL('../dist/main.js', import.meta.url).pathname;
const secretPath = '/s3cret-path/callback';

interface Answer {
  readonly status: number;
  readonly body: string;
}

describeWithNginx('nginx in front of two receivers', () => {
  let dir: string;
  let database: TestDatabase;
  let pool: Pool;
  let nginx: Nginx;
  let certificate: Certificate;
  let port: number;
  let agent: Agent;
  const ports: number[] = [];
  const receivers: SpawnedProcess[] = [];

  async function startReceiver(at: number, change: Readonly<Record<string, string>> = {}): Promise<void> {
    const receiver = await spawnProcess({
      script,
      env: {
        DATABASE_URL: database.url,
        TENCENT_SDK_APP_ID: String(appId),
        WEBHOOK_HOST: '127.0.0.1',
        WEBHOOK_PORT: String(ports[at]),
        WEBHOOK_PATH: secretPath,
        WEBHOOK_TOKEN: token,
        ...change,
      },
    });
    await receiver.waitForLog(({ msg }) => msg === 'ready');
    receivers[at] = receiver;
  }

  beforeAll(async () => {
    dir = mkdtempSync(join(tmpdir(), 'nginx-'));
    chmodSync(dir, 0o755);
    database = await createTestDatabase();
    pool = createPool({ databaseUrl: database.url, name: 'test' });
    ports.push(await freePort(), await freePort());
    port = await freePort();
    certificate = await makeCertificate(dir, 'localhost');
    writeFileSync(join(dir, 'allowed.conf'), 'allow 127.0.0.1;\n');
    const settings: Record<string, string> = {
      RECEIVER_1: `127.0.0.1:${ports[0]}`,
      RECEIVER_2: `127.0.0.1:${ports[1]}`,
      CALLBACK_PORT: String(port),
      CALLBACK_LOG: join(dir, 'access.log'),
      CALLBACK_ERROR_LOG: join(dir, 'error.log'),
      CALLBACK_ALLOWED: join(dir, 'allowed.conf'),
      TLS_CERTIFICATE: certificate.certFile,
      TLS_KEY: certificate.keyFile,
      WEBHOOK_PATH: secretPath,
    };
    const template = readFileSync(new URL('callbacks.conf.template', docker), 'utf8');
    const http = template.replaceAll(/\$\{(\w+)\}/gu, (_all, name: string) => settings[name] ?? `no ${name}`);
    await Promise.all([startReceiver(0), startReceiver(1)]);
    nginx = await startNginx(dir, http, port);
    agent = new Agent({ keepAlive: true, maxSockets: 16, ca: readFileSync(certificate.certFile) });
  });
  afterAll(async () => {
    agent.destroy();
    await nginx.stop();
    await Promise.all(receivers.map((receiver) => receiver.stop()));
    await pool.end();
    await database.drop();
    rmSync(dir, { recursive: true });
  });

  const log = (): string => readFileSync(join(dir, 'access.log'), 'utf8');
  function signed(path = secretPath): string {
    const requestTime = Math.floor(Date.now() / 1000);
    const { pathname, search } = new URL(
      callbackUrl({ url: `https://localhost${path}`, sdkAppId: appId, command: sendCommand, token, requestTime }),
    );
    return pathname + search;
  }
  /** @param from the address of this machine that it is sent from */
  function post(body: string, path = signed(), from = '127.0.0.1'): Promise<Answer> {
    return new Promise((resolve, reject) => {
      const outgoing = request({
        agent,
        port,
        path,
        method: 'POST',
        localAddress: from,
        host: '127.0.0.1',
        servername: 'localhost',
        headers: {
          'content-type': 'application/json',
          'content-length': Buffer.byteLength(body),
          host: 'localhost',
        },
      });
      outgoing.on('response', (response) => {
        let text = '';
        response.on('data', (chunk: Buffer) => (text += chunk.toString()));
        response.on('end', () => resolve({ status: response.statusCode ?? 0, body: text }));
      });
      outgoing.on('error', reject);
      outgoing.end(body);
    });
  }

  test('callbacks come in over TLS, at their path alone, from the addresses that may send them', async () => {
    const body = JSON.stringify(sent());
    expect(await post(body)).toEqual({ status: 200, body: '{"ActionStatus":"OK","ErrorInfo":"","ErrorCode":0}' });
    expect((await post(body, signed('/callback'))).status).toBe(404);
    expect((await post(body, '/healthz')).status).toBe(404);
    expect((await post(body, signed(), '127.0.0.2')).status).toBe(403);
    // What a receiver refuses comes back as it is.
    const refused = await post(JSON.stringify(sent({ GroupId: 5 })));
    expect(refused).toEqual({ status: 400, body: expect.stringContaining('"ErrorInfo":"GroupId: ') });
    expect((await post(' '.repeat(256 * 1024 + 1))).status).toBe(413);
    const answer = await fetch(`http://127.0.0.1:${port}/`);
    expect(answer.status).toBe(400);
  });

  test('the logs hold neither signature nor path nor text', async () => {
    await eventually(() => log().includes(' 413 '));
    expect(log()).toContain(`POST command=${sendCommand} 200 `);
    expect(log()).toContain(`POST command=${sendCommand} 403 `);
    expect(log()).not.toMatch(/Sign|RequestTime|s3cret|parcel|\?/u);
    expect(readFileSync(join(dir, 'error.log'), 'utf8')).toBe('');
  });

  test('restarting one receiver after the other under load costs no callback', async () => {
    let seq = 1_000;
    let over = false;
    const stored: number[] = [];
    const refused: unknown[] = [];
    const work = async (): Promise<void> => {
      while (!over) {
        const mine = (seq += 1);
        const answer = await post(JSON.stringify(sent({ MsgSeq: mine }))).catch((error: unknown) => String(error));
        if (typeof answer === 'object' && answer.status === 200) stored.push(mine);
        else refused.push(answer);
      }
    };
    const load = Promise.all(Array.from({ length: 16 }, work));
    /** Until the receiver has answered so many callbacks more. */
    const serves = async (at: number): Promise<unknown> => {
      const before = log().length;
      const line = new RegExp(` by 127\\.0\\.0\\.1:${ports[at]}: 200$`, 'gmu');
      return eventually(() => (log().slice(before).match(line)?.length ?? 0) > 50);
    };
    for (let round = 0; round < 2; round += 1) {
      for (const at of [0, 1]) {
        await serves(at);
        expect(await receivers[at]?.stop()).toEqual({ code: 0, signal: null });
        await serves(1 - at);
        await startReceiver(at);
        // nginx comes back to it within a second; only then may the other one go.
        await serves(at);
      }
    }
    await eventually(() => stored.length > 3_000, { timeoutMs: 30_000 });
    over = true;
    await load;
    expect(refused).toEqual([]);
    const { rows } = await pool.query<{ n: number }>('select count(*) as n from messages where msg_seq > 1000');
    expect(rows[0]?.n).toBe(stored.length);
    expect(readFileSync(join(dir, 'error.log'), 'utf8')).toBe('');
  });

  test('a callback for which one receiver has no room goes to the other, and both are asked again', async () => {
    const proxy = await startDatabaseProxy(database.url);
    for (const at of [0, 1]) {
      await receivers[at]?.stop();
      // The one keeps nothing without its database.
      await startReceiver(at, { DATABASE_URL: proxy.url, ...(at === 1 && { WEBHOOK_SPOOL_DIR: join(dir, 'spool') }) });
    }
    await proxy.down();
    const seqs = Array.from({ length: 20 }, (_, at) => 100 + at);
    const answers = await Promise.all(seqs.map((MsgSeq) => post(JSON.stringify(sent({ MsgSeq })))));
    expect(answers.map(({ status }) => status)).toEqual(seqs.map(() => 200));
    expect(log()).toMatch(
      new RegExp(` by 127\\.0\\.0\\.1:${ports[0]} : 127\\.0\\.0\\.1:${ports[1]}: 503 : 200$`, 'mu'),
    );

    await receivers[1]?.stop();
    await proxy.up();
    await startReceiver(1, { DATABASE_URL: proxy.url });
    await proxy.down();
    const refused = await Promise.all(seqs.map((MsgSeq) => post(JSON.stringify(sent({ MsgSeq })))));
    expect(refused).toEqual(seqs.map(() => ({ status: 503, body: expect.stringContaining('"ErrorCode":503') })));
    await proxy.up();
    // None is left alone for its refusals.
    expect((await post(JSON.stringify(sent()))).status).toBe(200);
    await proxy.close();
  });
});
