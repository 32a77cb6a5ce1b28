import type { Pool } from '@chat-recall/shared/db';
import { readdirSync, readFileSync } from 'node:fs';

/** Clock ticks of /proc are hundredths of a second on all Linux. */
const ticksPerSecond = 100;

/** CPU seconds that a process has used, user and system; NaN where there is no /proc. */
export function cpuSeconds(pid: number): number {
  const fields = statOf(pid);
  return fields === null ? NaN : (Number(fields[11]) + Number(fields[12])) / ticksPerSecond;
}

/** CPU seconds of a Postgres server: the postmaster, its processes that are there, and those that have ended. */
export function serverCpuSeconds(postmaster: number): number {
  const own = statOf(postmaster);
  if (own === null) return NaN;
  const ended = (Number(own[13]) + Number(own[14])) / ticksPerSecond;
  return childrenOf(postmaster).reduce((sum, pid) => sum + (cpuSeconds(pid) || 0), cpuSeconds(postmaster) + ended);
}

/** Memory that a process has in RAM, MB. */
export function residentMb(pid: number): number {
  const kb = /^VmRSS:\s+(?<kb>\d+)/mu.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.groups?.['kb'];
  return Number(kb) / 1_024;
}

/** The fields of /proc/PID/stat behind the name, `state` first. */
function statOf(pid: number): string[] | null {
  try {
    const line = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return line.slice(line.lastIndexOf(')') + 2).split(' ');
  } catch {
    return null;
  }
}

function childrenOf(parent: number): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/u.test(name))
    .map(Number)
    .filter((pid) => statOf(pid)?.[1] === String(parent));
}

/** What a database has written since it was made. */
export interface Written {
  readonly walBytes: number;
  readonly rows: number;
}

/** Rows are told with up to a second's delay. */
export async function writtenSoFar(pool: Pool): Promise<Written> {
  const { rows } = await pool.query<{ wal: number; rows: number }>(
    `select pg_wal_lsn_diff(pg_current_wal_insert_lsn(), '0/0')::bigint as wal,
            (tup_inserted + tup_updated + tup_deleted)::bigint as rows
       from pg_stat_database where datname = current_database()`,
  );
  return { walBytes: rows[0]?.wal ?? 0, rows: rows[0]?.rows ?? 0 };
}
