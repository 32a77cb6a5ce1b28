import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { createAdminApi } from './admin/admin-api.ts';
import { createFaults, type Faults } from './faults/faults.ts';
import { respondJson } from './http.ts';
import type { HistoryRules } from './history/hour-files.ts';
import { createPublishedFiles, historyFilesPath } from './history/published-files.ts';
import { createFileServer } from './history/serve-file.ts';
import { createLedger, type Ledger } from './ledger.ts';
import { seededRandom } from './random.ts';
import { createAdmission } from './rest/admission.ts';
import { fail } from './rest/answer.ts';
import { createSlidingSecond, type SlidingSecond } from './rest/frequency.ts';
import { createRestApi } from './rest/rest-api.ts';
import { createScene, type Scene } from './scene.ts';
import type { CallbackBody } from './webhook/callbacks.ts';
import { createWebhookSender, type WebhookSenderOptions } from './webhook/sender.ts';
import { createWorld } from './world/world.ts';

export interface StandInOptions {
  readonly sdkAppId: number;
  readonly secretKey: string;
  /** Default `['administrator']`. */
  readonly admins?: readonly string[];
  /** Default 127.0.0.1. */
  readonly host?: string;
  /** Default 0: any free one. */
  readonly port?: number;
  /** Calls of one command in any sliding second; default 200. `get_appid_group_list` has 1 (intl 34381, 34960). */
  readonly callsPerSecond?: number;
  /** Default 7, the shortest of the platform's plans. */
  readonly roamingDays?: number;
  /** What recalling a recalled message answers (not documented); default 10030. */
  readonly repeatRecallCode?: 0 | 10030 | 10032;
  /** Default true; false refuses every recall with 10041. */
  readonly recallEnabled?: boolean;
  /** Whether recalls by REST fire a callback too; default true. */
  readonly echoRecalls?: boolean;
  /** What the documents leave open about the hourly files of `get_history`. */
  readonly history?: Partial<HistoryRules>;
  /** When present, messages sent and recalled fire callbacks. `sdkAppId` and `clock` default to the stand-in's. */
  readonly webhook?: Omit<WebhookSenderOptions, 'sdkAppId' | 'clock'> &
    Partial<Pick<WebhookSenderOptions, 'sdkAppId' | 'clock'>>;
  /** Bearer token of the admin endpoints; default none. */
  readonly adminToken?: string | undefined;
  /** Unix milliseconds, for message times, roaming, UserSigs and frequency; default the system's. */
  readonly clock?: () => number;
  /** Seed of everything made up and of the faults' chances; default 1. */
  readonly seed?: number;
  /** How a `latency` fault waits; default a timer. */
  readonly wait?: (ms: number) => Promise<void>;
}

const hourMs = 3_600_000;

/** The project's own imitation of the platform: REST API and callbacks, over groups and messages in memory. */
export interface StandIn extends Scene {
  /** `http://host:port`: the base URL of REST API and admin endpoints. */
  readonly url: string;
  readonly ledger: Ledger;
  readonly faults: Faults;
  /** Ends when every callback fired so far has its answer. */
  settled(): Promise<void>;
  /** Forgets groups, messages, ledger and faults. */
  reset(): void;
  /** Breaks off what is under way, and stops listening. */
  close(): Promise<void>;
}

/** Starts a stand-in on loopback. */
export async function createStandIn(options: StandInOptions): Promise<StandIn> {
  const { sdkAppId, secretKey, admins = ['administrator'], seed = 1, clock = Date.now } = options;
  // Without a clock given, arrivals are taken from one that is finer than a millisecond and never set back.
  const arrivals = options.clock ?? (() => performance.timeOrigin + performance.now());
  const rules = {
    sdkAppId,
    roamingDays: options.roamingDays ?? 7,
    repeatRecallCode: options.repeatRecallCode ?? 10030,
    recallEnabled: options.recallEnabled ?? true,
    echoRecalls: options.echoRecalls ?? true,
    history: { messagesPerFile: 10_000, liveGroups: true, madeAfterMs: hourMs, urlValidMs: hourMs, ...options.history },
  };
  const sender = options.webhook && createWebhookSender({ sdkAppId, clock, ...options.webhook });
  const underWay = new Set<Promise<unknown>>();
  const notify = (callback: CallbackBody): void => {
    if (!sender) return;
    const delivery = sender.send(callback).finally(() => underWay.delete(delivery));
    underWay.add(delivery);
  };

  const random = seededRandom(seed);
  const faultRandom = seededRandom(seed + 1);
  const world = createWorld(clock);
  const ledger = createLedger();
  const faults = createFaults(faultRandom);
  const published = createPublishedFiles();
  const messagesOf = new Map<string, SlidingSecond>();
  const wait = options.wait ?? ((ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms)));
  const scene = createScene({ world, rules, random, clock, notify });
  const answerCall = createRestApi({
    admit: createAdmission({ sdkAppId, secretKey, admins }, options.callsPerSecond ?? 200, notify),
    ledger,
    faults,
    random: faultRandom,
    context: { world, rules, random, notify },
    published,
    messagesOf(groupId) {
      const second = messagesOf.get(groupId) ?? createSlidingSecond();
      messagesOf.set(groupId, second);
      return second;
    },
    destroyGroup: (groupId) => void (world.group(groupId) && scene.destroyGroup(groupId)),
    wait,
  });
  const serveFile = createFileServer({ published, ledger, faults, wait });
  const reset = (): void => {
    world.clear();
    ledger.clear();
    faults.clear();
    published.clear();
    messagesOf.clear();
  };
  const administer = createAdminApi({ scene, ledger, faults, reset, token: options.adminToken });

  const server = createServer({ keepAliveTimeout: 75_000 }, (request, response) => {
    handle(request, response).catch((error: unknown) => {
      // A fault of the stand-in's own: it must not look like one of the platform's answers.
      console.error('stand-in:', error);
      if (!response.headersSent) respondJson(response, 500, fail(-1, String(error)));
    });
  });

  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const at = arrivals();
    const { method = '', url = '' } = request;
    const mark = url.indexOf('?');
    const path = mark < 0 ? url : url.slice(0, mark);
    const query = new URLSearchParams(mark < 0 ? '' : url.slice(mark + 1));
    if (path.startsWith('/_standin/')) await administer({ method, path, query }, request, response);
    else if (path.startsWith(historyFilesPath)) await serveFile({ at, now: clock(), path }, request, response);
    else await answerCall({ at, now: clock(), method, path, query }, request, response);
  }

  const url = await listen();
  function listen(): Promise<string> {
    const host = options.host ?? '127.0.0.1';
    return new Promise((resolve, reject) => {
      server.once('error', reject).listen(options.port ?? 0, host, () => {
        const address = server.address();
        const port = typeof address === 'object' ? address?.port : undefined;
        resolve(`http://${host.includes(':') ? `[${host}]` : host}:${port}`);
      });
    });
  }

  return {
    ...scene,
    url,
    ledger,
    faults,
    reset,
    async settled() {
      while (underWay.size > 0) await Promise.all(underWay);
    },
    async close() {
      const closed = new Promise((resolve) => server.close(resolve));
      server.closeAllConnections();
      await closed;
      await sender?.close();
    },
  };
}
