import { Pool } from 'undici';

/** What came of one callback. */
export interface Delivery {
  /** HTTP status; 0 without an answer. */
  readonly status: number;
  readonly body: string;
  /** HTTP 200 with a JSON body: what counts as taken (the code in the answer is ignored for "after" callbacks). */
  readonly ok: boolean;
  readonly timedOut: boolean;
  /** Lost on purpose: it was never posted. */
  readonly dropped: boolean;
  /** From the start of the request on its connection, not counting the wait for a free one. */
  readonly durationMs: number;
}

export interface Poster {
  /** Never rejects: no answer is an outcome. */
  post(path: string, body: string): Promise<Delivery>;
  close(): Promise<void>;
}

export const droppedDelivery: Delivery = {
  status: 0,
  body: '',
  ok: false,
  timedOut: false,
  dropped: true,
  durationMs: 0,
};

/** Posts over persistent connections, one request at a time on each, as the platform does (intl 34354). */
export function createPoster(origin: string, connections: number, timeoutMs: number): Poster {
  const pool = new Pool(origin, { connections, pipelining: 1, connect: { timeout: timeoutMs } });
  return {
    // `dispatch`, not `request`: only it tells when a request gets its connection, which the time limit counts from.
    post: (path, body) =>
      new Promise((resolve) => {
        let startedAt = performance.now();
        let timer: NodeJS.Timeout | undefined;
        let timedOut = false;
        let status = 0;
        const chunks: Buffer[] = [];
        const settle = (text: string) => {
          clearTimeout(timer);
          const ok = status === 200 && isJson(text);
          resolve({ status, body: text, ok, timedOut, dropped: false, durationMs: performance.now() - startedAt });
        };
        pool.dispatch(
          { method: 'POST', path, headers: { 'content-type': 'application/json' }, body },
          {
            onRequestStart(controller) {
              startedAt = performance.now();
              timer = setTimeout(() => {
                timedOut = true;
                controller.abort(new Error('callback timed out'));
              }, timeoutMs);
            },
            onResponseStart(_controller, statusCode) {
              status = statusCode;
            },
            onResponseData(_controller, chunk) {
              chunks.push(chunk);
            },
            onResponseEnd: () => settle(Buffer.concat(chunks).toString()),
            onResponseError() {
              status = 0;
              settle('');
            },
          },
        );
      }),
    close: () => pool.destroy(),
  };
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
