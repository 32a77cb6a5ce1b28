import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { createPool, migrate } from '@chat-recall/shared/db';
import { createWebhookSender, type CallbackBody } from '@chat-recall/simulator';
import {
  eventually,
  freePort,
  spawnProcess,
  startEmbeddedPostgres,
  type EmbeddedPostgres,
  type SpawnedProcess,
} from '@chat-recall/testkit';
import { appId, sent, token } from '../receiver-at-work.ts';

const script = new URL('../../dist/main.js', import.meta.url).pathname;
/** A sender that was refused waits so long, ms: nobody may be there at all. */
const afterRefusalMs = 20;
/** Bringing in what waits on the disk may take so long, ms. */
const broughtInWithinMs = 300_000;

/** A receiver with a disk to keep callbacks on, a Postgres of its own, and whoever sends. */
export interface World {
  /** Sequences that were answered OK. */
  readonly answered: ReadonlySet<number>;
  /** Callbacks without OK: refused, too late, or nobody was there. */
  refused(): number;
  killReceiver(): Promise<void>;
  startReceiver(): Promise<void>;
  /** As `pg_ctl stop -m immediate`: nothing is finished, and the next start recovers. */
  killPostgres(): Promise<void>;
  startPostgres(): Promise<void>;
  /** Posts over so many connections until it is told to stop. @param perSecond undefined: as fast as it is answered */
  send(connections: number, perSecond?: number): { stop(): Promise<void> };
  /** Once all that waits is brought in: the sequences that were answered OK and are not in the index. */
  missing(): Promise<number[]>;
  end(): Promise<void>;
}

export async function makeWorld(): Promise<World> {
  const dir = mkdtempSync(join(tmpdir(), 'losses-'));
  const spool = join(dir, 'spool');
  const [postgresPort, port] = [await freePort(), await freePort()];
  const start = (): Promise<EmbeddedPostgres> =>
    startEmbeddedPostgres({ dataDir: join(dir, 'data'), persistent: true, port: postgresPort });
  let postgres = await start();
  const databaseUrl = postgres.url;
  await migrate({ databaseUrl });
  let receiver: SpawnedProcess;
  const answered = new Set<number>();
  let refused = 0;
  let seq = 0;

  async function startReceiver(): Promise<void> {
    receiver = await spawnProcess({
      script,
      env: {
        DATABASE_URL: databaseUrl,
        TENCENT_SDK_APP_ID: String(appId),
        WEBHOOK_HOST: '127.0.0.1',
        WEBHOOK_PORT: String(port),
        WEBHOOK_TOKEN: token,
        WEBHOOK_SPOOL_DIR: spool,
      },
    });
    await receiver.waitForLog(({ msg }) => msg === 'ready');
  }
  await startReceiver();

  return {
    answered,
    refused: () => refused,
    startReceiver,
    killReceiver: async () => void (await receiver.kill()),
    async killPostgres() {
      process.kill(postgres.pid, 'SIGQUIT');
      await postgres.exited;
    },
    async startPostgres() {
      postgres = await start();
    },
    send(connections, perSecond) {
      const url = `http://127.0.0.1:${port}/callback`;
      const sender = createWebhookSender({ url, sdkAppId: appId, token, connections });
      const began = performance.now();
      let number = 0;
      let over = false;
      async function work(): Promise<void> {
        while (!over) {
          const mine = (seq += 1);
          if (perSecond !== undefined) {
            const due = began + (number++ * 1_000) / perSecond;
            await pause(Math.max(0, due - performance.now()));
          }
          const { ok } = await sender.send(sent({ MsgSeq: mine }) as CallbackBody);
          if (ok) answered.add(mine);
          else {
            refused += 1;
            await pause(afterRefusalMs);
          }
        }
      }
      const all = Promise.all(Array.from({ length: connections }, work));
      return {
        async stop() {
          over = true;
          await all;
          await sender.close();
        },
      };
    },
    async missing() {
      const waits = (): boolean => readdirSync(spool).some((name) => name.endsWith('.ndjson'));
      await eventually(() => !waits(), { timeoutMs: broughtInWithinMs, what: 'an empty spool' });
      const pool = createPool({ databaseUrl, name: 'test' });
      const { rows } = await pool.query<{ msg_seq: number }>('select distinct msg_seq from messages');
      await pool.end();
      const held = new Set(rows.map((row) => row.msg_seq));
      return [...answered].filter((one) => !held.has(one));
    },
    async end() {
      await receiver.stop();
      await postgres.stop();
      rmSync(dir, { recursive: true, force: true });
    },
  };
}
