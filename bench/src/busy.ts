import { cpus } from 'node:os';
import { setTimeout as delay } from 'node:timers/promises';

/** A look that is long enough, ms. */
const lookMs = 2_000;

/** The share of all cores that others keep busy, 0 to 1: above a fifth, absolute figures mean little. */
export async function busyShare(): Promise<number> {
  const before = spent();
  await delay(lookMs);
  const after = spent();
  const all = after.all - before.all;
  return all === 0 ? 0 : (after.busy - before.busy) / all;
}

function spent(): { busy: number; all: number } {
  const times = cpus().map((core) => core.times);
  const idle = times.reduce((sum, core) => sum + core.idle, 0);
  const all = times.flatMap((core) => Object.values(core)).reduce((sum, ms) => sum + ms, 0);
  return { busy: all - idle, all };
}
