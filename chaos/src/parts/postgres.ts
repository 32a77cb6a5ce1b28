import { createWriteStream } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import { startEmbeddedPostgres, type EmbeddedPostgres } from '@chat-recall/local';
import { steadyPort } from './steady-port.ts';

/** A Postgres that survives being ended at any moment, as far as Postgres does. */
export interface Postgres {
  readonly url: string;
  readonly port: number;
  readonly logFile: string;
  /** Ends it without a checkpoint. */
  break(signal: 'SIGQUIT' | 'SIGKILL'): Promise<void>;
  /** Starts it on the same data. */
  mend(): Promise<void>;
  stop(): Promise<void>;
}

export async function startPostgres(folder: string, logFile: string): Promise<Postgres> {
  const port = await steadyPort();
  const log = createWriteStream(logFile, { flags: 'a' });
  const start = (): Promise<EmbeddedPostgres> =>
    startEmbeddedPostgres({
      persistent: true,
      durable: true,
      dataDir: folder,
      port,
      log: (line) => log.write(`${line}\n`),
    });
  let server = await start();
  return {
    url: server.url,
    port,
    logFile,
    async break(signal) {
      process.kill(server.pid, signal);
      await server.exited;
    },
    async mend() {
      for (let tries = 1; ; tries += 1) {
        try {
          server = await start();
          return;
        } catch (error) {
          if (tries === 20) throw error;
          await pause(200);
        }
      }
    },
    async stop() {
      await server.stop();
      log.end();
    },
  };
}
