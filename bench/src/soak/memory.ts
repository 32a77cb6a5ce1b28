import type { SpawnedProcess } from '@chat-recall/local';

export interface Memory {
  /** Since the soak began, s. */
  readonly at: number;
  /** Held by the process, MB. */
  readonly rss: number;
  /** Held by JavaScript after a collection of garbage, MB. */
  readonly heap: number;
}

/** How long a process may take to answer, ms. */
const answerWithinMs = 10_000;

/** What a process holds that was started with the probe. */
export async function memoryOf(asked: SpawnedProcess, at: number): Promise<Memory> {
  const before = asked.lines.filter(isAnswer).length;
  let answers = 0;
  process.kill(asked.pid, 'SIGUSR2');
  const line = await asked.waitForLine((text) => {
    if (isAnswer(text)) answers += 1;
    return answers > before;
  }, answerWithinMs);
  const { memory } = JSON.parse(line) as { memory: { heapUsed: number; rss: number } };
  return { at, rss: memory.rss / 1e6, heap: memory.heapUsed / 1e6 };
}

export function isAnswer(line: string): boolean {
  return line.startsWith('{"memory":');
}
