import { setTimeout as pause } from 'node:timers/promises';
import type { Queue, Worker } from 'bullmq';

/** How long a connection that did not become ready is left alone, ms. */
const againAfterMs = 1_000;

/** What is used of BullMQ's backend and of its connection beyond their types. */
interface Start {
  readyPromise?: Promise<void> | undefined;
  waitUntilReady(): Promise<void>;
}

/**
 * BullMQ's backend for Postgres remembers for good that its connection became ready, and also that it did not (6.7.0): made
 * while Postgres is silent, a queue would never work. Of a worker it is worse: the error comes at once each time it looks
 * for a job and is none that it waits after, so its loop would run without a pause, and nothing else of the process with
 * it, not even a signal. So a failure is told a second later, and forgotten.
 */
export function forgetFailedStart(of: Queue | Worker): void {
  const backend = of.getBackend() as unknown as Start & { readonly connection: Start };
  for (const start of [backend.connection, backend]) {
    const waitUntilReady = start.waitUntilReady.bind(start);
    start.waitUntilReady = async () => {
      const waiting = waitUntilReady();
      const asked = start.readyPromise;
      try {
        await waiting;
      } catch (error) {
        await pause(againAfterMs);
        if (start.readyPromise === asked) start.readyPromise = undefined;
        throw error;
      }
    };
  }
}
