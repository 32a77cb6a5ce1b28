import { Counter, Gauge, Histogram, type Registry } from '@chat-recall/shared/metrics';

/** What the receiver counts. */
export interface Figures {
  /** @param result `stored`, `quarantined`, `spooled`, `online_only`, `noted`, `ignored`, `broken_off`, or the reason of a refusal */
  callback(command: string, result: string): void;
  batch(callbacks: number, seconds: number): void;
  /** Seconds from the callback's `EventTime` until it was durable. */
  delay(seconds: number): void;
  /** Tells what waits on the local disk, and whether it takes more. */
  watchSpool(spool: { readonly bytes: number; readonly refusal: string | undefined }): void;
}

export function createFigures(registry: Registry, waitingRows: () => number): Figures {
  const registers = [registry];
  /** By command and result since the last look: the counter itself takes a microsecond for each. */
  const counted = new Map<string, Map<string, number>>();
  new Counter({
    name: 'chat_recall_callbacks_total',
    help: 'Callbacks by command and what became of them.',
    labelNames: ['command', 'result'],
    registers,
    collect() {
      for (const [command, results] of counted) for (const [result, n] of results) this.inc({ command, result }, n);
      counted.clear();
    },
  });
  const sizes = new Histogram({
    name: 'chat_recall_ingest_batch_callbacks',
    help: 'Callbacks written together.',
    buckets: [1, 2, 5, 10, 20, 50, 100, 200, 500, 1_000],
    registers,
  });
  const commits = new Histogram({
    name: 'chat_recall_ingest_commit_seconds',
    help: 'Time that one write took until it was committed.',
    buckets: [0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5],
    registers,
  });
  const delays = new Histogram({
    name: 'chat_recall_ingest_delay_seconds',
    help: "Time from the event on the platform's clock until it was durable here.",
    buckets: [0.01, 0.05, 0.1, 0.25, 0.5, 1, 2, 5, 10, 60, 600],
    registers,
  });
  new Gauge({
    name: 'chat_recall_ingest_waiting_rows',
    help: 'Rows that wait for a write to begin.',
    registers,
    collect() {
      this.set(waitingRows());
    },
  });
  return {
    callback(command, result) {
      let results = counted.get(command);
      if (results === undefined) counted.set(command, (results = new Map()));
      results.set(result, (results.get(result) ?? 0) + 1);
    },
    batch(size, seconds) {
      sizes.observe(size);
      commits.observe(seconds);
    },
    delay: (seconds) => delays.observe(Math.max(0, seconds)),
    watchSpool(spool) {
      new Gauge({
        name: 'chat_recall_spool_bytes',
        help: 'Callbacks that wait on the local disk for the database, in bytes.',
        registers,
        collect() {
          this.set(spool.bytes);
        },
      });
      new Gauge({
        name: 'chat_recall_spool_refuses',
        help: '1 while the local disk takes no more callbacks: it is full, or fails.',
        registers,
        collect() {
          this.set(spool.refusal === undefined ? 0 : 1);
        },
      });
    },
  };
}
