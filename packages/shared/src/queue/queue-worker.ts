import type { Job, Processor, Queue, Worker } from 'bullmq';
import { orAfter, startLoop } from '../lifecycle/index.ts';

/** How often it is looked whether jobs are taken, ms. */
const lookEveryMs = 2_500;
/** Looks in a row that find jobs waiting and none taken, with room for one, after which the worker is built anew. */
const idleLooks = 4;
/** What closing waits for a worker that has no job in hand any more, ms: it may be stuck at that moment, too. */
const closeWithinMs = 3_000;

export interface QueueWorkerOptions {
  /** Jobs in hand at once. */
  readonly concurrency: number;
  readonly onFailed?: (job: Job | undefined, error: Error) => void;
  /** Told when it took no jobs any more and was built anew. */
  readonly onRebuilt?: () => void;
  /** For tests: how often to look, ms. */
  readonly lookEveryMs?: number;
}

/** A consumer of a queue. */
export interface QueueWorker {
  /** BullMQ's, at the moment. */
  readonly current: Worker;
  /** Takes no more jobs; resolves when those in hand are done. */
  close(): Promise<void>;
}

/** A worker of BullMQ with the connections that it has for itself. */
export interface Built {
  readonly worker: Worker;
  /** Ends its connections, whatever hangs on them. */
  leave(): Promise<void>;
}

/**
 * A worker of BullMQ that is replaced when it has stopped taking jobs although some wait: it runs on, says nothing
 * and shows as healthy, but a reply that was lost in a fail-over keeps it waiting for ever (taskforcesh/bullmq
 * #4378, #4585, and whatever comes next). Jobs that the old one has in hand go on; what they end with is in the
 * tables, and the queue gives their jobs out again, which finds nothing to do.
 */
export function startQueueWorker<D>(
  build: (processor: Processor<D>) => Built,
  queue: Pick<Queue, 'getJobCounts' | 'isPaused'>,
  processor: Processor<D>,
  options: QueueWorkerOptions & { readonly onError: (error: Error) => void },
): QueueWorker {
  const inHand = new Set<Promise<unknown>>();
  let taken = 0;
  let takenBefore = 0;
  let idle = 0;

  async function take(...job: Parameters<Processor<D>>): Promise<unknown> {
    taken += 1;
    const running = Promise.resolve(processor(...job));
    inHand.add(running);
    try {
      return await running;
    } finally {
      inHand.delete(running);
    }
  }
  function begin(): Built {
    const built = build((job, token) => take(job, token));
    if (options.onFailed !== undefined) built.worker.on('failed', options.onFailed);
    return built;
  }
  async function look(): Promise<void> {
    const moves = taken !== takenBefore || inHand.size >= options.concurrency;
    takenBefore = taken;
    idle = !moves && (await somethingWaits(queue)) ? idle + 1 : 0;
    if (idle < idleLooks) return;
    idle = 0;
    const stuck = built;
    built = begin();
    options.onRebuilt?.();
    // Not waited for: it may hang on what it is stuck in.
    void stuck.worker.close(true).then(() => stuck.leave(), options.onError);
  }

  let built = begin();
  const loop = startLoop(options.lookEveryMs ?? lookEveryMs, look, (error) => {
    idle = 0;
    options.onError(error as Error);
  });
  return {
    get current() {
      return built.worker;
    },
    async close() {
      await loop.stop();
      const closing = built.worker.close();
      // From then on it takes no more.
      while (inHand.size > 0) await Promise.allSettled(inHand);
      await orAfter(closing, closeWithinMs, () => undefined);
    },
  };
}

async function somethingWaits(queue: Pick<Queue, 'getJobCounts' | 'isPaused'>): Promise<boolean> {
  const counts = await queue.getJobCounts('waiting', 'prioritized');
  return Object.values(counts).some((n) => n > 0) && !(await queue.isPaused());
}
