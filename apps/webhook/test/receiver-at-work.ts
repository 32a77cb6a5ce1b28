import { createHash } from 'node:crypto';
import { readConfig } from '@chat-recall/shared/config';
import { createPool, type Pool } from '@chat-recall/shared/db';
import { createTestDatabase, testLog } from '@chat-recall/testkit';
import { createReceiver, type Receiver } from '../src/receiver.ts';
import { judgeSettings, settings } from '../src/settings.ts';

export const appId = 1_400_000_123;
export const token = 'first-token';
export const sendCommand = 'Group.CallbackAfterSendMsg';
export const recallCommand = 'Group.CallbackAfterRecallMsg';

export interface Answer {
  readonly status: number;
  readonly body: { ActionStatus: string; ErrorInfo: string; ErrorCode: number };
}

export interface PostOptions {
  /** Parameters of the URL, over the right ones; undefined takes one away. */
  readonly query?: Readonly<Record<string, string | undefined>>;
  readonly headers?: Readonly<Record<string, string>>;
  /** Unix milliseconds that the URL is signed for. */
  readonly now?: number;
}

export interface AtWork {
  readonly receiver: Receiver;
  readonly databaseUrl: string;
  readonly pool: Pool;
  /** Everything it has logged. */
  readonly log: string[];
  /** The URL of a signed callback. */
  urlFor(command: string, options?: PostOptions): string;
  /** Posts a body, as JSON unless it is a string or bytes, under its own command. */
  post(body: unknown, options?: PostOptions): Promise<Answer>;
  rows(table: string, order?: string): Promise<Record<string, unknown>[]>;
  end(): Promise<void>;
}

/**
 * A receiver in this process, on a database and ports of its own.
 *
 * @param reach the URL by which the receiver reaches the database, made from its real one
 */
export async function startReceiver(
  env: Readonly<Record<string, string>> = {},
  reach: (databaseUrl: string) => Promise<string> = async (databaseUrl) => databaseUrl,
): Promise<AtWork> {
  const database = await createTestDatabase();
  const pool = createPool({ databaseUrl: database.url, name: 'test' });
  const log: string[] = [];
  const environment = {
    DATABASE_URL: await reach(database.as('receiver')),
    TENCENT_SDK_APP_ID: String(appId),
    WEBHOOK_HOST: '127.0.0.1',
    WEBHOOK_PORT: '0',
    WEBHOOK_TOKEN: token,
    ...env,
  };
  const { config } = readConfig(environment, settings, [], judgeSettings);
  const receiver = await createReceiver({
    config,
    log: testLog('webhook', (line) => void log.push(line)),
  });

  function urlFor(command: string, { query = {}, now = Date.now() }: PostOptions = {}): string {
    const requestTime = String(Math.floor(now / 1000));
    const parameters = {
      SdkAppid: String(appId),
      CallbackCommand: command,
      contenttype: 'json',
      ClientIP: '127.0.0.1',
      OptPlatform: 'iOS',
      Sign: signOf(token, requestTime),
      RequestTime: requestTime,
      ...query,
    };
    const given = Object.entries(parameters).filter((pair): pair is [string, string] => pair[1] !== undefined);
    return `${receiver.url}${config.WEBHOOK_PATH}?${new URLSearchParams(given).toString()}`;
  }

  return {
    receiver,
    databaseUrl: database.url,
    pool,
    log,
    urlFor,
    async post(body, options = {}) {
      const plain = typeof body === 'string' || body instanceof Uint8Array;
      const command = plain ? sendCommand : String((body as { CallbackCommand?: unknown } | null)?.CallbackCommand);
      const response = await fetch(urlFor(command, options), {
        method: 'POST',
        body: plain ? body : JSON.stringify(body),
        headers: { 'content-type': 'application/json', ...options.headers },
      });
      return { status: response.status, body: (await response.json()) as Answer['body'] };
    },
    async rows(table, order = '1, 2') {
      const { rows } = await pool.query<Record<string, unknown>>(`select * from ${table} order by ${order}`);
      return rows;
    },
    async end() {
      await receiver.stop();
      await pool.end();
      await database.drop();
    },
  };
}

export function signOf(key: string, requestTime: string): string {
  return createHash('sha256').update(key).update(requestTime).digest('hex');
}

export const ok: Answer = { status: 200, body: { ActionStatus: 'OK', ErrorInfo: '', ErrorCode: 0 } };

/** A callback of the newest documented shape; `undefined` takes a field away. */
export function sent(change: Readonly<Record<string, unknown>> = {}): Record<string, unknown> {
  return {
    CallbackCommand: sendCommand,
    GroupId: '@TGS#2EXAMPLE07',
    Type: 'Public',
    From_Account: 'tomas',
    Operator_Account: 'tomas',
    Random: 4_294_967_295,
    MsgSeq: 7,
    MsgId: '144115200000000017-1760000101-4294967295',
    MsgTime: 1_760_000_102,
    OnlineOnlyFlag: 0,
    MsgBody: [{ MsgType: 'TIMTextElem', MsgContent: { Text: 'the parcel is here' } }],
    CloudCustomData: '',
    EventTime: 1_760_000_102_377,
    GroupAtInfo: [{ GroupAtAllFlag: 0, GroupAt_Account: 'mira' }],
    ...change,
  };
}

/** A recall event; `undefined` takes a field away. */
export function recalled(change: Readonly<Record<string, unknown>> = {}): Record<string, unknown> {
  return {
    CallbackCommand: recallCommand,
    Operator_Account: 'administrator',
    Type: 'Public',
    GroupId: '@TGS#2EXAMPLE07',
    MsgSeqList: [{ MsgSeq: 7 }],
    EventTime: 1_760_000_200_001,
    ...change,
  };
}
