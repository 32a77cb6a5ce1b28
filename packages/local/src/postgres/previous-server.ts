import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { isRunning } from './process-mark.ts';

/** What an orphan may take for a clean end before it is killed, ms. */
const cleanEndWithinMs = 30_000;

/**
 * Clears what a killed run left on this data directory. The caller holds the directory's lock, so
 * whatever server runs there has lost its owner: it is stopped (its password and settings may not be
 * ours, so it is not taken over).
 */
export async function stopPreviousServer(cluster: string, log: (line: string) => void): Promise<void> {
  const pid = readPid(cluster);
  if (pid === undefined || !isRunning(pid)) return;
  if (!servesCluster(pid, cluster)) {
    disownPidFile(cluster);
    return;
  }
  log(`stopping the Postgres (process ${pid}) that an earlier run left behind`);
  await endServer(pid, 'SIGINT');
}

/**
 * Ends a server: the signal first, SIGKILL when it has not ended after 30 s. Resolves once it is gone.
 * Postgres: SIGINT is a clean shutdown, SIGQUIT an immediate one.
 */
export async function endServer(pid: number, signal: NodeJS.Signals): Promise<void> {
  const killAt = performance.now() + cleanEndWithinMs;
  send(pid, signal);
  for (let killed = false; isRunning(pid); await delay(20)) {
    if (killed || performance.now() < killAt) continue;
    send(pid, 'SIGKILL');
    killed = true;
  }
}

function send(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

function readPid(cluster: string): number | undefined {
  try {
    const pid = Number.parseInt(readFileSync(join(cluster, 'postmaster.pid'), 'utf8'), 10);
    return Number.isSafeInteger(pid) && pid > 0 ? pid : undefined;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

/** Whether the process is a Postgres started for this data directory, by its command line. */
function servesCluster(pid: number, cluster: string): boolean {
  const args = commandLine(pid);
  return basename(args[0] ?? '') === 'postgres' && args.some((arg, n) => arg === '-D' && args[n + 1] === cluster);
}

function commandLine(pid: number): string[] {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0');
  } catch {
    const { stdout } = spawnSync('ps', ['-o', 'args=', '-ww', '-p', String(pid)], { encoding: 'utf8' });
    // Without quotes in its output, a folder with a blank in its name is not recognised here (macOS).
    return (stdout ?? '').trim().split(' ');
  }
}

/**
 * The process id in the file now belongs to another program, for which Postgres would refuse to start.
 * The file's further lines name the shared memory by which Postgres knows whether old backends still
 * run, so it is not removed: a file that names the server's own parent counts as stale.
 */
function disownPidFile(cluster: string): void {
  const file = join(cluster, 'postmaster.pid');
  const [, ...rest] = readFileSync(file, 'utf8').split('\n');
  writeFileSync(file, [String(process.pid), ...rest].join('\n'));
}
