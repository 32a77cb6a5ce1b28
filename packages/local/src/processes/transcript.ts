import { appendFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * Keeps a line that a process printed in the folder that `CHAT_RECALL_TRANSCRIPTS` names, if it does: one file for each
 * source. Tests search them for what must not be printed.
 *
 * @param source letters, digits, `-` and `.`
 */
export function transcribe(source: string, line: string): void {
  const folder = process.env['CHAT_RECALL_TRANSCRIPTS'];
  if (folder !== undefined) appendFileSync(join(folder, source), line.endsWith('\n') ? line : `${line}\n`);
}
