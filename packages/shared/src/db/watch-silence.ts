import type { Socket } from 'node:net';
import pg from 'pg';

/** How often connections that wait for an answer are looked at, ms. */
const lookEveryMs = 1_000;
/** Looks without a byte from the server after which it is asked whether it works for the connection. */
const silentLooks = 2;
/** What connecting may take for asking, and what the answer, ms. */
const askWithinMs = 2_000;
/** Askings in a row without an answer after which there is no server: one may meet a process or a machine that stands still. */
const vainAskings = 2;

/** What is used of a connection beyond its types. */
type Wire = pg.ClientBase & {
  /** false: it waits for the server. */
  readonly readyForQuery: boolean;
  /** Of its backend, as told when it connected. */
  readonly processID: number | null;
  readonly connection: { readonly stream: Socket };
};

interface Seen {
  bytes: number;
  silent: number;
}

/** Further connections to watch, beside those of the pool. */
export interface SilenceWatch {
  add(client: object): void;
}

/**
 * Breaks connections that wait for an answer that never comes: the server has failed over, or the network lost
 * the connection and tells nobody. TCP alone notices after minutes, if at all, and no bound on the time of a
 * statement tells a dead connection from a long statement. So a connection that was silent for two seconds has the server
 * asked, over a new connection, whether its backend is at work. If it is idle or gone, the connection ends with an
 * error, within five seconds of the silence; if nobody answers there, within ten. Through a pooler, whose connections are not
 * the server's, nothing is judged.
 *
 * @param of a pool of pg; BullMQ, which has some, has a type of its own for it
 */
export function watchSilence(of: object): SilenceWatch {
  const pool = of as pg.Pool;
  const watched = new Map<Wire, Seen>();
  let asking = false;
  let vain = 0;

  function add(client: object): void {
    const wire = client as Wire;
    if (watched.has(wire)) return;
    watched.set(wire, { bytes: 0, silent: 0 });
    // The pool speaks for idle connections alone. One that breaks while it is lent out tells it itself, and with
    // nobody listening the process would end.
    wire.on('error', () => {});
    wire.once('end', () => watched.delete(wire));
  }
  function look(): void {
    if (pool.ended) return clearInterval(timer);
    const silent: Wire[] = [];
    for (const [wire, seen] of watched) {
      const bytes = wire.connection.stream.bytesRead;
      // Looks are counted rather than time: after a stall of this process there is one look, not five.
      seen.silent = wire.readyForQuery || bytes !== seen.bytes ? 0 : seen.silent + 1;
      seen.bytes = bytes;
      if (seen.silent >= silentLooks) silent.push(wire);
    }
    if (silent.length > 0 && !asking) void judge(silent);
  }
  async function judge(silent: readonly Wire[]): Promise<void> {
    asking = true;
    const before = new Map(silent.map((wire) => [wire, wire.connection.stream.bytesRead]));
    const working = await workingOf(
      pool.options,
      silent.map((wire) => wire.processID ?? 0),
    );
    asking = false;
    vain = working === 'no answer' ? vain + 1 : 0;
    if (working === 'unknown' || (working === 'no answer' && vain < vainAskings)) return;
    for (const [wire, bytes] of before) {
      const { stream } = wire.connection;
      if (wire.readyForQuery || stream.bytesRead !== bytes || isAmong(working, wire.processID)) continue;
      stream.destroy(new Error('the database does not answer on this connection any more'));
    }
  }

  pool.on('connect', add);
  const timer = setInterval(look, lookEveryMs);
  timer.unref();
  return { add };
}

type Working = ReadonlySet<number> | 'no answer' | 'unknown';

function isAmong(working: Working, backend: number | null): boolean {
  return typeof working !== 'string' && backend !== null && working.has(backend);
}

/** Which backends work, as the server tells. */
async function workingOf(options: pg.ClientConfig, backends: readonly number[]): Promise<Working> {
  const asker = new pg.Client({
    ...options,
    connectionTimeoutMillis: askWithinMs,
    query_timeout: askWithinMs,
  });
  asker.on('error', () => {});
  try {
    await asker.connect();
    const { rows } = await asker.query<{ own: number; working: number[] }>(
      // A backend at work that waits for its client waits for something that was lost.
      `select pg_backend_pid() as own,
              array(select pid from pg_stat_activity
                     where pid = any($1) and state not like 'idle%' and wait_event_type is distinct from 'Client') as working`,
      [backends],
    );
    const { own, working } = rows[0] ?? { own: 0, working: [] };
    return own === (asker as unknown as Wire).processID ? new Set(working) : 'unknown';
  } catch (error) {
    // An answer, though not to this: too many connections, for instance.
    return error instanceof pg.DatabaseError ? 'unknown' : 'no answer';
  } finally {
    void asker.end().catch(() => {});
  }
}
