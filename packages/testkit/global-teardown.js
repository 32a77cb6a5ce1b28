import { readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { isRunning } from './is-running.js';

/** A server that takes longer is killed, ms. */
const endWithinMs = 10_000;

/** Ends the servers that this run's tests shared (a guard would, too, but only after jest is gone). */
export default async function globalTeardown() {
  const folder = process.env.CHAT_RECALL_TEST_RUN;
  if (folder === undefined) return;
  const files = readdirSync(folder).filter((name) => name.endsWith('.json'));
  await Promise.all(files.map((name) => end(JSON.parse(readFileSync(join(folder, name), 'utf8')))));
  rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
}

async function end({ pid, signal, remove }) {
  const killAt = performance.now() + endWithinMs;
  send(pid, signal);
  while (isRunning(pid)) {
    if (performance.now() > killAt) send(pid, 'SIGKILL');
    await delay(10);
  }
  if (remove !== undefined) rmSync(remove, { recursive: true, force: true, maxRetries: 3 });
}

function send(pid, signal) {
  try {
    process.kill(pid, signal);
  } catch (error) {
    if (error.code !== 'ESRCH') throw error;
  }
}
