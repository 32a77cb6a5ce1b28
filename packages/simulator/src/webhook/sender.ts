import { seededRandom } from '../random.ts';
import { callbackUrl } from './callback-url.ts';
import type { CallbackBody } from './callbacks.ts';
import { drawCopies, reordered, type Disorder } from './disorder.ts';
import { createPoster, droppedDelivery, type Delivery } from './post.ts';
import { createTally, type SendSummary } from './tally.ts';

export interface WebhookSenderOptions extends Disorder {
  /** Scheme, host and path, no query. */
  readonly url: string;
  readonly sdkAppId: number;
  /** Callback authentication token; absent: unsigned. */
  readonly token?: string | undefined;
  /** Persistent connections at most; default 64. */
  readonly connections?: number;
  /** Default 2,000, as the platform's. */
  readonly timeoutMs?: number;
  /** Unix milliseconds; default `Date.now`. */
  readonly clock?: () => number;
  /** Seed of drops, duplicates and order; default 1. */
  readonly seed?: number;
  /** Whether a callback that timed out is posted once more, as the console's switch does; default false. */
  readonly retryOnTimeout?: boolean;
  readonly optPlatform?: string;
}

export interface WebhookSender {
  /** Posts one callback; with `duplicate` perhaps twice (the first answer counts), with `drop` perhaps never. Never rejects. */
  send(body: CallbackBody): Promise<Delivery>;
  /** Posts all, over all connections at once, lost, doubled and reordered as the options say; `onResult` sees every answer. */
  sendMany(
    bodies: Iterable<CallbackBody> | AsyncIterable<CallbackBody>,
    options?: { readonly onResult?: (delivery: Delivery, body: CallbackBody) => void },
  ): Promise<SendSummary>;
  /** Breaks off what is still under way. */
  close(): Promise<void>;
}

/** Posts callbacks as the platform does (intl 34354). */
export function createWebhookSender(options: WebhookSenderOptions): WebhookSender {
  const { connections = 64, timeoutMs = 2000, clock = Date.now, seed = 1, retryOnTimeout = false } = options;
  const { origin, pathname, search } = new URL(options.url);
  if (search) throw new Error('a callback URL has no query of its own');
  const poster = createPoster(origin, connections, timeoutMs);
  const random = seededRandom(seed);
  const pathOf = rememberedPath((command, requestTime) =>
    callbackUrl({ ...options, url: pathname, command, requestTime }),
  );

  async function post(body: CallbackBody): Promise<Delivery> {
    const text = JSON.stringify(body);
    const once = () => poster.post(pathOf(body.CallbackCommand, Math.floor(clock() / 1000)), text);
    const delivery = await once();
    return delivery.timedOut && retryOnTimeout ? once() : delivery;
  }

  return {
    async send(body) {
      const copies = drawCopies(random, options);
      if (copies === 0) return droppedDelivery;
      const [delivery] = await Promise.all(Array.from({ length: copies }, () => post(body)));
      return delivery ?? droppedDelivery;
    },
    async sendMany(bodies, { onResult } = {}) {
      const tally = createTally();
      async function* copied(): AsyncGenerator<CallbackBody> {
        for await (const body of bodies) {
          const copies = drawCopies(random, options);
          tally.taken(copies);
          for (let copy = 0; copy < copies; copy += 1) yield body;
        }
      }
      const source = reordered(copied(), options.reorderWindow ?? 0, random);
      const drain = async () => {
        for (let next = await source.next(); !next.done; next = await source.next()) {
          const delivery = await post(next.value);
          tally.delivered(delivery);
          onResult?.(delivery, next.value);
        }
      };
      await Promise.all(Array.from({ length: connections }, drain));
      return tally.summary();
    },
    close: () => poster.close(),
  };
}

/** The signature covers nothing but the second, so one path per command and second will do for all its callbacks. */
function rememberedPath(build: (command: string, requestTime: number) => string) {
  let second = -1;
  const paths = new Map<string, string>();
  return (command: string, requestTime: number): string => {
    if (requestTime !== second) paths.clear();
    second = requestTime;
    const path = paths.get(command) ?? build(command, requestTime);
    paths.set(command, path);
    return path;
  };
}
