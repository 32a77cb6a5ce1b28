import { spawn, type ChildProcess } from 'node:child_process';
import { createInterface } from 'node:readline';
import type { Binaries } from './binaries.ts';
import type { RunAs } from './run-as.ts';
import { serverSettings } from './settings.ts';

/** Lines of the server's log kept to explain a failed start. */
const keptLines = 20;

export interface Launched {
  readonly pid: number;
  /** Resolves when the process has ended, whatever way. */
  readonly exited: Promise<void>;
  /** Keeps this process alive until the server has ended; without it the server does not. */
  hold(): void;
}

/** The server ended before it was ready. */
export class LaunchError extends Error {
  override readonly name = 'LaunchError';
  /** `port`: taken by another program. `memory`: processes of a killed server are still ending. */
  readonly reason: 'port' | 'memory' | 'other';

  constructor(output: string) {
    super(`Postgres did not start:\n${output}`);
    this.reason = /could not bind|Address already in use/u.test(output)
      ? 'port'
      : /shared memory block .* still in use/su.test(output)
        ? 'memory'
        : 'other';
  }
}

/**
 * Starts the server and resolves once it accepts connections (after a crash: once it has recovered,
 * however long that takes). It does not keep this process alive, and Ctrl-C in the terminal does not
 * reach it: its owner stops it when those who use it are done.
 *
 * @param onStart called as soon as there is a process
 * @throws LaunchError
 */
export async function launch(options: {
  binaries: Binaries;
  cluster: string;
  user: RunAs | undefined;
  port: number;
  durable: boolean;
  log: (line: string) => void;
  onStart: (pid: number) => void;
}): Promise<Launched> {
  const { user } = options;
  const child = spawn(options.binaries.postgres, ['-D', options.cluster, ...serverSettings(options)], {
    cwd: '/',
    env: { LC_ALL: 'C', TZ: 'UTC', PATH: process.env['PATH'] ?? '' },
    stdio: ['ignore', 'ignore', 'pipe'],
    detached: true,
    ...(user === undefined ? {} : { uid: user.uid, gid: user.gid }),
  });
  const exited = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  const ready = whenReady(child, options.log);
  if (child.pid !== undefined) options.onStart(child.pid);
  await ready;
  child.unref();
  // A socket underneath, which keeps the process alive unless told otherwise.
  (child.stderr as unknown as { unref?: () => void }).unref?.();
  return { pid: child.pid ?? 0, exited, hold: () => child.ref() };
}

function whenReady(child: ChildProcess, log: (line: string) => void): Promise<void> {
  return new Promise((resolve, reject) => {
    const last: string[] = [];
    if (child.stderr === null) throw new Error('stderr is a pipe');
    const lines = createInterface({ input: child.stderr });
    lines.on('line', (line) => {
      log(line);
      last.push(line);
      if (last.length > keptLines) last.shift();
      if (line.includes('database system is ready to accept connections')) resolve();
    });
    child.once('error', reject);
    child.once('close', () => reject(new LaunchError(last.join('\n'))));
  });
}
