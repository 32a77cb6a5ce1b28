import { rmSync, statSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { join } from 'node:path';
import { prepareBinaries } from './binaries.ts';
import { ensureCluster, readOrMakePassword, superuser } from './cluster.ts';
import { ensureDatabase } from './database.ts';
import { freePort } from './free-port.ts';
import { guardServer } from './guard.ts';
import { launch, LaunchError, type Launched } from './launch.ts';
import { acquireLock, LockHeldError, type Lock } from './lock.ts';
import { clusterOf, makeEmptyPlace, makePlace, makeTemporaryPlace, settleCluster } from './place.ts';
import { endServer, stopPreviousServer } from './previous-server.ts';
import { chooseRunAs } from './run-as.ts';
import { sweepTemporaryPlaces } from './sweep.ts';

/** An earlier run that is just ending gets this long to let go of the data, ms. */
const lockWaitMs = 2_000;
/** The last backends of a killed server get this long to end, ms. */
const memoryWaitMs = 10_000;
/** Ports tried when none is asked for. */
const portTries = 5;

export interface EmbeddedPostgresOptions {
  /** Where the data stands. Needed when `persistent`; else a temporary folder unless given, and then new or empty. */
  readonly dataDir?: string;
  /** Keeps the data when stopped. Otherwise they are removed. */
  readonly persistent: boolean;
  /** Of 127.0.0.1; default: a free one. */
  readonly port?: number;
  /** Whether committed data survive a crash of the machine (fsync); a crash of the server they survive anyhow. Default: `persistent`. */
  readonly durable?: boolean;
  /** The database in the URL, created when missing; default `chat_recall`. */
  readonly database?: string;
  /** The process whose end, whatever way, ends the server within about a second; default: this one. */
  readonly ownerPid?: number;
  /** Gets the server's log, line by line, and what was done to get it going. */
  readonly log?: (line: string) => void;
}

export interface EmbeddedPostgres {
  /** `postgres://…` of the superuser, with the password. */
  readonly url: string;
  readonly port: number;
  /** Of the postmaster. */
  readonly pid: number;
  /** The folder with the data, the password and the lock. */
  readonly dataDir: string;
  /** Resolves when the server has ended, also when nobody stopped it. */
  readonly exited: Promise<void>;
  /** Ends connections, then the server; removes throw-away data. Can be called again. */
  stop(): Promise<void>;
}

/**
 * Starts a Postgres of our own on 127.0.0.1, 0.7 s for a new one and 0.2 s for one that is there. Root
 * runs it as an unprivileged user. A data directory has one owner at a time; what a killed owner left
 * (a server still running, a stale pid file) is cleared.
 *
 * @throws Error in plain words: data in use, port taken, binaries unfit, data of another version
 */
export async function startEmbeddedPostgres(options: EmbeddedPostgresOptions): Promise<EmbeddedPostgres> {
  const log = options.log ?? (() => {});
  const durable = options.durable ?? options.persistent;
  if (!options.persistent) await sweepTemporaryPlaces(log);
  const place = placeFor(options);
  const user = chooseRunAs(ownerOf(clusterOf(place)));
  const lock = await lockPlace(place, options.ownerPid);
  try {
    const binaries = prepareBinaries(user, log);
    const cluster = settleCluster(place, user, log);
    await stopPreviousServer(cluster, log);
    const password = readOrMakePassword(place, cluster);
    await ensureCluster({ cluster, password, binaries, user, durable });
    const launchOn = (port: number): Promise<Launched> =>
      launch({ binaries, cluster, user, port, durable, log, onStart: (pid) => guard(options, place, pid) });
    const { port, pid, exited, hold } = await launchWithRetries(launchOn, options.port);
    void exited.then(lock.release);
    const url = `postgres://${superuser}:${password}@127.0.0.1:${port}`;
    const database = options.database ?? 'chat_recall';
    const stop = async (): Promise<void> => {
      hold();
      // Data that are thrown away need no last checkpoint.
      await endServer(pid, options.persistent ? 'SIGINT' : 'SIGQUIT');
      await exited;
      lock.release();
      if (!options.persistent) rmSync(place, { recursive: true, force: true, maxRetries: 3 });
    };
    try {
      await ensureDatabase(`${url}/postgres`, database);
    } catch (error) {
      await stop();
      throw error;
    }
    return { url: `${url}/${database}`, port, pid, dataDir: place, exited, stop };
  } catch (error) {
    lock.release();
    if (!options.persistent) rmSync(place, { recursive: true, force: true, maxRetries: 3 });
    throw error;
  }
}

function placeFor({ persistent, dataDir }: EmbeddedPostgresOptions): string {
  if (dataDir === undefined) {
    if (persistent) throw new Error('a persistent Postgres needs a dataDir');
    return makeTemporaryPlace(chooseRunAs());
  }
  return persistent ? makePlace(dataDir) : makeEmptyPlace(dataDir);
}

async function lockPlace(place: string, ownerPid: number | undefined): Promise<Lock> {
  try {
    return await acquireLock(join(place, 'lock'), {
      waitMs: lockWaitMs,
      ...(ownerPid === undefined ? {} : { ownerPid }),
    });
  } catch (error) {
    if (!(error instanceof LockHeldError)) throw error;
    throw new Error(
      `The Postgres data in ${place} is in use by process ${error.holderPid}. Stop that first, or use another folder.`,
      {
        cause: error,
      },
    );
  }
}

/** The user whose data these are. @throws Error when they are there and can be neither ours nor made so */
function ownerOf(cluster: string): { uid: number; gid: number } | undefined {
  const stat = statSync(cluster, { throwIfNoEntry: false });
  const me = process.getuid?.();
  if (stat === undefined || me === 0 || stat.uid === me) return stat;
  throw new Error(
    `${cluster} belongs to the user with id ${stat.uid}, and this is ${me}: start as root or as that user, or use another folder.`,
  );
}

function guard(
  { ownerPid = process.pid, persistent }: EmbeddedPostgresOptions,
  place: string,
  serverPid: number,
): void {
  guardServer(
    persistent ? { ownerPid, serverPid, signal: 'INT' } : { ownerPid, serverPid, signal: 'QUIT', remove: place },
  );
}

async function launchWithRetries(
  launchOn: (port: number) => Promise<Launched>,
  wanted: number | undefined,
): Promise<Launched & { port: number }> {
  const giveUpAt = performance.now() + memoryWaitMs;
  for (let tries = 1; ; tries += 1) {
    const port = wanted ?? (await freePort());
    try {
      return { port, ...(await launchOn(port)) };
    } catch (error) {
      const reason = error instanceof LaunchError ? error.reason : 'other';
      if (reason === 'port' && wanted !== undefined) {
        throw new Error(`Port ${wanted} of 127.0.0.1 is taken by another program.`, { cause: error });
      }
      const again = reason === 'port' ? tries < portTries : reason === 'memory' && performance.now() < giveUpAt;
      if (!again) throw error;
      await delay(100);
    }
  }
}
