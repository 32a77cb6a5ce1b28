import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

/**
 * Tells one life of a process id from a later one, since ids are used again: the moment it started, and
 * on Linux the boot as well. Undefined when no such process runs; a zombie does not run.
 */
export function processMark(pid: number): string | undefined {
  if (!Number.isSafeInteger(pid) || pid <= 0 || !isThere(pid)) return undefined;
  return process.platform === 'linux' ? linuxMark(pid) : psMark(pid);
}

/** Whether a process runs under this id; a zombie does not. */
export function isRunning(pid: number): boolean {
  return processMark(pid) !== undefined;
}

function isThere(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // EPERM: it is there, and somebody else's.
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

function linuxMark(pid: number): string | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    // The command's name stands in brackets and may hold anything; state is the field after it, and the
    // start (in ticks since boot) the nineteenth after that.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    if (fields[0] === 'Z' || fields[0] === 'X') return undefined;
    return `${fields[19]}@${readFileSync('/proc/sys/kernel/random/boot_id', 'latin1').slice(0, 8)}`;
  } catch (error) {
    // Gone meanwhile, or /proc hides other users' processes: then there is no more to know than "it runs".
    return (error as NodeJS.ErrnoException).code === 'ESRCH' || !isThere(pid) ? undefined : 'running';
  }
}

function psMark(pid: number): string | undefined {
  const { stdout } = spawnSync('ps', ['-o', 'stat=,lstart=', '-p', String(pid)], { encoding: 'utf8' });
  const [state = '', ...started] = stdout.trim().split(/\s+/u);
  return state === '' || state.startsWith('Z') ? undefined : started.join(' ');
}
