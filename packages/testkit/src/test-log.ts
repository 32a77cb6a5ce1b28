import { transcribe } from '@chat-recall/local';
import { createLog, type Log } from '@chat-recall/shared/log';

/**
 * A log of everything, for parts that run within a test: its lines are searched at the end of the run for what must
 * not be printed (canaries.js).
 */
export function testLog(process: string, onLine: (line: string) => void = () => {}): Log {
  return createLog(process, 'trace', {
    write(line) {
      onLine(line);
      transcribe(process, line);
    },
  });
}
