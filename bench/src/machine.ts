import { readFileSync } from 'node:fs';
import { arch, cpus, totalmem, type } from 'node:os';

/** What a figure depends on; nothing that tells whose machine it is. */
export interface Machine {
  readonly cpu: string;
  readonly cores: number;
  readonly memoryGib: number;
  readonly node: string;
  /** null: the run had no database. */
  readonly postgres: string | null;
  readonly os: string;
}

export function thisMachine(postgres: string | null): Machine {
  const all = cpus();
  return {
    cpu: all[0]?.model.replaceAll(/\s+/gu, ' ').trim() ?? 'unknown',
    cores: all.length,
    memoryGib: Math.round(totalmem() / 2 ** 30),
    node: process.versions.node,
    postgres,
    os: `${distribution() ?? type()} (${arch()})`,
  };
}

/** `Debian GNU/Linux 12 (bookworm)`, where the system says so. */
function distribution(): string | undefined {
  try {
    return /^PRETTY_NAME="?(?<name>[^"\n]+)/mu.exec(readFileSync('/etc/os-release', 'utf8'))?.groups?.['name'];
  } catch {
    return undefined;
  }
}

export function machineText({ cpu, cores, memoryGib, node, postgres, os }: Machine): string {
  const parts = [`${cpu}, ${cores} cores`, `${memoryGib} GiB of memory`, os, `Node ${node}`];
  return [...parts, ...(postgres === null ? [] : [`Postgres ${postgres}`])].join(' · ');
}
