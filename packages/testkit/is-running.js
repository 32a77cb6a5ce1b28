import { readFileSync } from 'node:fs';

/** Whether a process runs under this id. A zombie does not: in a container nobody may ever reap it. */
export function isRunning(pid) {
  try {
    process.kill(pid, 0);
  } catch (error) {
    return error.code !== 'ESRCH';
  }
  try {
    return !/^State:\s*[ZX]/mu.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
  } catch {
    // No /proc (macOS), or gone this moment: the next look tells.
    return true;
  }
}
