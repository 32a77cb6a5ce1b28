/** What the sending process is told to do, over IPC. */
export interface Order {
  /** Origins over which the connections are spread evenly. */
  readonly origins: readonly string[];
  readonly path: string;
  readonly token: string;
  readonly connections: number;
  /** Sends for so long before it begins to count, ms. */
  readonly warmMs: number;
  /** Counts for so long, ms. */
  readonly forMs: number;
  /** Ends after so many instead, all of them counted; null: by time. */
  readonly callbacks: number | null;
}

/** What came of it. */
export interface Sent {
  /** Answered with 200. */
  readonly ok: number;
  /** Answered otherwise, or not. */
  readonly other: number;
  readonly seconds: number;
  /** Of the time from a request's first byte to its answer's last, ms. */
  readonly p50: number;
  readonly p99: number;
  readonly slowest: number;
  /** CPU time of the sending process, s. */
  readonly cpuSeconds: number;
}

/** What the sending process is made with. */
export interface SenderOptions {
  readonly appId: number;
  readonly bodies: number;
  readonly seed: number;
}
