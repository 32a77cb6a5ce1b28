import { readdirSync, readFileSync } from 'node:fs';

/** `/proc` counts in hundredths of a second on every Linux that Node runs on. */
const ticksPerSecond = 100;

/**
 * CPU time that processes have used so far, s; null where there is no `/proc`. It moves less than a rate does
 * with what else the machine has to do.
 */
export function cpuSeconds(pids: readonly number[]): number | null {
  try {
    return pids.reduce((sum, pid) => sum + ticksOf(pid), 0) / ticksPerSecond;
  } catch {
    return null;
  }
}

/** As above, of a Postgres with all its backends, those that ended included. */
export function cpuSecondsOfServer(postmaster: number): number | null {
  try {
    const children = readdirSync('/proc').filter((name) => /^\d+$/u.test(name) && parentOf(name) === postmaster);
    const ended = statOf(postmaster).slice(childTicksAt, childTicksAt + 2);
    const running = cpuSeconds([postmaster, ...children.map(Number)]);
    return running === null ? null : running + ended.reduce((sum, ticks) => sum + Number(ticks), 0) / ticksPerSecond;
  } catch {
    return null;
  }
}

/** The most memory that a process has had resident so far, and what it has now, MiB; null without `/proc`. */
export function residentMib(pid: number): { readonly peak: number; readonly now: number } | null {
  try {
    const status = readFileSync(`/proc/${pid}/status`, 'latin1');
    const kib = (name: string): number => Number(new RegExp(`^${name}:\\s*(\\d+)`, 'mu').exec(status)?.[1]);
    return { peak: kib('VmHWM') / 1_024, now: kib('VmRSS') / 1_024 };
  } catch {
    return null;
  }
}

/** Positions among the fields of `/proc/PID/stat` after the name. */
const parentAt = 1;
const ticksAt = 11;
const childTicksAt = 13;

function statOf(pid: number | string): string[] {
  const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
  return stat.slice(stat.lastIndexOf(')') + 2).split(' ');
}

function ticksOf(pid: number): number {
  const fields = statOf(pid);
  return Number(fields[ticksAt]) + Number(fields[ticksAt + 1]);
}

function parentOf(pid: string): number {
  try {
    return Number(statOf(pid)[parentAt]);
  } catch {
    // It has just ended.
    return 0;
  }
}
