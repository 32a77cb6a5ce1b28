import { mkdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export interface Run {
  /** Where the processes of a run find what they share. */
  readonly folder: string;
  /** The process with which everything that was started ends. */
  readonly ownerPid: number;
}

/** The test run that this process is part of: jest's, or outside of jest this process alone. */
export function currentRun(): Run {
  const { CHAT_RECALL_TEST_RUN: folder, CHAT_RECALL_TEST_OWNER: owner } = process.env;
  if (folder !== undefined && owner !== undefined) return { folder, ownerPid: Number(owner) };
  const own = join(tmpdir(), `chat-recall-test-${process.pid}-own`);
  const created = mkdirSync(own, { recursive: true, mode: 0o700 });
  if (created !== undefined) process.once('exit', () => rmSync(own, { recursive: true, force: true }));
  return { folder: own, ownerPid: process.pid };
}
