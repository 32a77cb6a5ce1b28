import type { Delivery } from './post.ts';

/** What came of many callbacks. `posted` = `ok` + `refused` + `timedOut` + `unreachable`. */
export interface SendSummary {
  /** Callbacks taken from the source. */
  readonly sent: number;
  /** Requests made: without the dropped, with the duplicates. */
  readonly posted: number;
  readonly ok: number;
  /** Answered with another status than 200, or with no JSON. */
  readonly refused: number;
  readonly timedOut: number;
  /** No connection, or one that broke. */
  readonly unreachable: number;
  readonly dropped: number;
  readonly duplicated: number;
  readonly durationMs: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
}

type Counts = Omit<SendSummary, 'sent' | 'posted' | 'durationMs' | 'p50Ms' | 'p99Ms'>;

export interface Tally {
  /** One callback was taken, to be posted so many times. */
  taken(copies: number): void;
  delivered(delivery: Delivery): void;
  summary(): SendSummary;
}

export function createTally(): Tally {
  const startedAt = performance.now();
  const counts: { -readonly [Name in keyof Counts]: number } = {
    ok: 0,
    refused: 0,
    timedOut: 0,
    unreachable: 0,
    dropped: 0,
    duplicated: 0,
  };
  let sent = 0;
  const latencies: number[] = [];
  return {
    taken(copies) {
      sent += 1;
      if (copies === 0) counts.dropped += 1;
      if (copies > 1) counts.duplicated += 1;
    },
    delivered(delivery) {
      latencies.push(delivery.durationMs);
      counts[outcomeOf(delivery)] += 1;
    },
    summary() {
      const sorted = Float64Array.from(latencies).sort();
      const quantile = (share: number) => sorted[Math.ceil(share * sorted.length) - 1] ?? 0;
      const durationMs = performance.now() - startedAt;
      return { sent, posted: sorted.length, ...counts, durationMs, p50Ms: quantile(0.5), p99Ms: quantile(0.99) };
    },
  };
}

function outcomeOf(delivery: Delivery): 'ok' | 'refused' | 'timedOut' | 'unreachable' {
  if (delivery.ok) return 'ok';
  if (delivery.timedOut) return 'timedOut';
  return delivery.status === 0 ? 'unreachable' : 'refused';
}
