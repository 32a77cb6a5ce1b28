import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';

/** Lines kept of a process's output; the oldest go first. */
const keptLines = 20_000;

export interface LineCollector {
  readonly lines: readonly string[];
  read(stream: Readable): void;
  /**
   * The first defined value that `pick` makes of a line, of those there are or those to come; undefined
   * when `ended` resolves first, or after `timeoutMs`.
   */
  first<T>(pick: (line: string) => T | undefined, ended: Promise<unknown>, timeoutMs: number): Promise<T | undefined>;
}

/** @param onLine told of every line */
export function createLineCollector(onLine: (line: string) => void = () => {}): LineCollector {
  const lines: string[] = [];
  const watchers = new Set<(line: string) => void>();
  return {
    lines,
    read(stream) {
      createInterface({ input: stream }).on('line', (line) => {
        lines.push(line);
        onLine(line);
        if (lines.length > keptLines) lines.splice(0, keptLines / 10);
        for (const watcher of watchers) watcher(line);
      });
    },
    async first(pick, ended, timeoutMs) {
      for (const line of lines) {
        const picked = pick(line);
        if (picked !== undefined) return picked;
      }
      return new Promise((resolve) => {
        const timer = setTimeout(settle, timeoutMs);
        function watch(line: string): void {
          const picked = pick(line);
          if (picked !== undefined) settle(picked);
        }
        function settle(picked?: ReturnType<typeof pick>): void {
          clearTimeout(timer);
          watchers.delete(watch);
          resolve(picked);
        }
        watchers.add(watch);
        void ended.then(() => settle());
      });
    },
  };
}
