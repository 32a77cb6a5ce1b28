import { readFileSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { fileURLToPath } from 'node:url';
import { createPool, type Pool } from '@chat-recall/shared/db';
import { callbackUrl, createWebhookSender, type WebhookSender } from '@chat-recall/simulator';
import { createTestDatabase, spawnProcess, type SpawnedProcess } from '@chat-recall/testkit';
import { appId, sendCommand, token } from './receiver-at-work.ts';

const script = fileURLToPath(new URL('../dist/main.js', import.meta.url));

/** A receiver in a process and on a database of its own. */
export interface ReceiverProcess {
  readonly process: SpawnedProcess;
  readonly url: string;
  readonly pool: Pool;
  /** Posts as the platform does. @param timeoutMs the platform's 2,000 unless given */
  sender(connections?: number, timeoutMs?: number): WebhookSender;
  /** A connection to it; what goes wrong there only ends it. */
  connect(): Socket;
  /** The head of a signed callback, as it stands on the wire; each line of `headers` with its end. */
  head(headers: string): string;
  /** Resident memory, bytes. */
  memory(): number;
  end(): Promise<void>;
}

/** @param onLine told of every line of its log */
export async function startReceiverProcess(
  env: Readonly<Record<string, string>> = {},
  onLine: (line: string) => void = () => {},
): Promise<ReceiverProcess> {
  const database = await createTestDatabase();
  const pool = createPool({ databaseUrl: database.url, name: 'test' });
  const process = await spawnProcess({
    script,
    onLine,
    env: {
      DATABASE_URL: database.url,
      TENCENT_SDK_APP_ID: String(appId),
      WEBHOOK_HOST: '127.0.0.1',
      WEBHOOK_PORT: '0',
      WEBHOOK_TOKEN: token,
      ...env,
    },
  });
  const url = String((await process.waitForLog(({ msg }) => msg === 'ready'))['url']);
  const { hostname, port } = new URL(url);
  return {
    process,
    url,
    pool,
    sender: (connections = 64, timeoutMs = 2_000) =>
      createWebhookSender({ url: `${url}/callback`, sdkAppId: appId, token, connections, timeoutMs }),
    connect: () => connect(Number(port), hostname).on('error', () => {}),
    head(headers) {
      const requestTime = Math.floor(Date.now() / 1000);
      const { pathname, search } = new URL(
        callbackUrl({ url: `${url}/callback`, sdkAppId: appId, command: sendCommand, token, requestTime }),
      );
      return `POST ${pathname}${search} HTTP/1.1\r\nHost: x\r\n${headers}\r\n`;
    },
    memory() {
      const status = readFileSync(`/proc/${process.pid}/status`, 'utf8');
      return Number(/VmRSS:\s+(\d+) kB/u.exec(status)?.[1]) * 1024;
    },
    async end() {
      await process.stop();
      await pool.end();
      await database.drop();
    },
  };
}
