import { mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isRunning } from './is-running.js';

const prefix = 'chat-recall-test-';

/**
 * Gives the run a folder, in which jest's workers find the servers they share, and names the process
 * with which those servers end. Plain JavaScript: jest loads it without its transforms.
 */
export default function globalSetup() {
  removeDeadRuns();
  process.env.CHAT_RECALL_TEST_RUN = mkdtempSync(join(tmpdir(), `${prefix}${process.pid}-`));
  process.env.CHAT_RECALL_TEST_OWNER = String(process.pid);
  // What is printed in this run; reporter.js searches it.
  process.env.CHAT_RECALL_TRANSCRIPTS = join(process.env.CHAT_RECALL_TEST_RUN, 'transcripts');
  mkdirSync(process.env.CHAT_RECALL_TRANSCRIPTS);
}

/** A killed run has no teardown. Its servers ended with it; its folder is left. */
function removeDeadRuns() {
  for (const name of readdirSync(tmpdir()).filter((each) => each.startsWith(prefix))) {
    if (isRunning(Number.parseInt(name.slice(prefix.length), 10))) continue;
    try {
      rmSync(join(tmpdir(), name), { recursive: true, force: true });
    } catch {
      // Another user's.
    }
  }
}
