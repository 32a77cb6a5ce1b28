import type { PostgresConnection, Queue, Worker } from 'bullmq';
import { startLoop } from '../lifecycle/index.ts';

/** How often the connection that listens is asked for a sign of life, ms. */
const everyMs = 1_000;

/** Breaks connections to Postgres that were lost in silence: `watchSilence` of the room db. */
export type WatchSilence = (pool: object) => { add(client: object): void };

/** Has BullMQ's connections to Postgres watched. */
export function watchQueries(of: Queue | Worker, watch: WatchSilence): { add(client: object): void } {
  return watch(connectionOf(of).pool);
}

/**
 * A worker of BullMQ has, beside its pool, a connection that only listens for jobs. Lost in silence it would never be
 * missed, and every job after an idle moment wait for the next look of its worker. So it is asked something.
 *
 * @returns ends it
 */
export function watchListener(worker: Worker, watch: WatchSilence, onError: (error: unknown) => void): () => unknown {
  const connection = connectionOf(worker);
  const watched = watchQueries(worker, watch);
  const loop = startLoop(
    everyMs,
    async () => {
      if (connection.isClosing !== undefined) return;
      const client = await connection.getListenClient();
      watched.add(client);
      await client.query('select 1');
    },
    onError,
  );
  return () => loop.stop();
}

function connectionOf(of: Queue | Worker): PostgresConnection {
  return (of.getBackend() as unknown as { connection: PostgresConnection }).connection;
}
