import { createDb, createPool, type Db, type Pool } from '@chat-recall/shared/db';
import { fold, insertMessages, internConversations, pieces } from '@chat-recall/shared/messages';
import { planRecall, type Outcome, type Recall } from '@chat-recall/shared/recalls';
import { canary, createTestDatabase, testLog } from '@chat-recall/testkit';
import { startConsole, type ConsoleOverrides } from '../src/console.ts';
import { readConsoleConfig } from '../src/config.ts';
import { contradiction } from './documented.ts';

export const appId = 1_400_000_777;
export const token = `${canary}-token-of-the-tests`;

export interface Answer<B = unknown> {
  readonly status: number;
  readonly type: string;
  readonly headers: Headers;
  /** Parsed JSON, else the text. */
  readonly body: B;
}

export interface Refused {
  readonly code: string;
  readonly status: number;
  readonly detail: string;
  readonly requestId: string;
  readonly errors: readonly { path: string; message: string }[];
}

export interface Page<T> {
  readonly items: readonly T[];
  readonly nextCursor: string | null;
}

export interface AskOptions {
  readonly headers?: Readonly<Record<string, string>>;
  /** Without the token. */
  readonly bare?: boolean;
  /** Sent as JSON, or as it is when it is text or bytes. */
  readonly body?: unknown;
}

export interface Said {
  readonly groupId?: string;
  readonly topicId?: string;
  readonly sender?: string;
  readonly text?: string;
  readonly msgSeq: number;
  readonly msgTime?: number;
}

export interface AtWork {
  readonly url: string;
  readonly databaseUrl: string;
  readonly db: Db;
  readonly pool: Pool;
  /** Everything it has logged. */
  readonly log: string[];
  /** Asks with the token, and throws when the answer is not as the OpenAPI document says. */
  ask<B>(method: string, path: string, options?: AskOptions): Promise<Answer<B>>;
  get<B>(path: string, headers?: Readonly<Record<string, string>>): Promise<Answer<B>>;
  post<B>(path: string, body?: unknown, headers?: Readonly<Record<string, string>>): Promise<Answer<B>>;
  /** Puts messages into the index. */
  say(messages: readonly Said[]): Promise<void>;
  /** Makes a recall over HTTP and plans it as a worker would. */
  planned(request: object): Promise<Recall>;
  /** All outcomes, page by page. */
  outcomes(id: string, query?: string): Promise<Outcome[]>;
  stop(): Promise<void>;
}

/** A console in this process, on a database and a port of its own. */
export async function startAtWork(
  env: Readonly<Record<string, string>> = {},
  overrides: ConsoleOverrides = {},
): Promise<AtWork> {
  const database = await createTestDatabase();
  const pool = createPool({ databaseUrl: database.url, name: 'test' });
  const db = createDb(pool);
  if (env['REDIS_URL'] === undefined) await database.makeQueues(env['QUEUE_PREFIX']);
  const log: string[] = [];
  const { config } = readConsoleConfig({
    DATABASE_URL: database.as('console'),
    DATABASE_POOL_SIZE: '6',
    TENCENT_SDK_APP_ID: String(appId),
    CONSOLE_PORT: '0',
    CONSOLE_ADMIN_TOKEN: token,
    ...env,
  });
  const running = await startConsole(
    config,
    testLog('console', (line) => void log.push(line)),
    overrides,
  );

  const atWork: AtWork = {
    url: running.url,
    databaseUrl: database.url,
    db,
    pool,
    log,
    async ask<B>(
      method: string,
      path: string,
      { headers = {}, bare = false, body }: AskOptions = {},
    ): Promise<Answer<B>> {
      const response = await fetch(running.url + path, {
        method,
        headers: {
          ...(bare ? {} : { authorization: `Bearer ${token}` }),
          ...(body === undefined ? {} : { 'content-type': 'application/json' }),
          ...headers,
        },
        ...(body === undefined
          ? {}
          : { body: typeof body === 'string' || body instanceof Uint8Array ? (body as string) : JSON.stringify(body) }),
      });
      const type = response.headers.get('content-type') ?? '';
      const text = await response.text();
      const parsed = (/[/+]json/u.test(type) && text !== '' ? JSON.parse(text) : text) as B;
      const answer = { status: response.status, type, headers: response.headers, body: parsed };
      const wrong = contradiction(method, path, answer);
      if (wrong !== '')
        throw new Error(
          `${method} ${path} was answered ${answer.status} ${text.slice(0, 500)}\nbut the document says: ${wrong}`,
        );
      return answer;
    },
    get: (path, headers = {}) => atWork.ask('GET', path, { headers }),
    post: (path, body, headers = {}) => atWork.ask('POST', path, { headers, ...(body === undefined ? {} : { body }) }),
    async say(messages) {
      const ids = await internConversations(
        db,
        messages.map(({ groupId = '@TGS#one', topicId = '' }) => ({ appId, groupId, topicId, groupType: 'Public' })),
      );
      await insertMessages(
        pool,
        messages.map(({ sender = 'spammer', text = 'hello', msgSeq, msgTime = Date.now() }, at) => ({
          conversationId: Number(ids[at]),
          msgSeq,
          appId,
          msgTime,
          receivedAt: Date.now(),
          messageTypes: 1,
          sender,
          text,
          folded: fold(text),
          pieces: pieces(fold(text)),
          raw: null,
        })),
      );
    },
    async planned(request) {
      const { status, body } = await atWork.post<Recall>('/api/v1/recalls', request);
      if (status !== 202) throw new Error(`not accepted: ${JSON.stringify(body)}`);
      await planRecall(db, body.id);
      return (await atWork.get<Recall>(`/api/v1/recalls/${body.id}`)).body;
    },
    async outcomes(id, query = '') {
      const all: Outcome[] = [];
      for (let cursor: string | null = ''; cursor !== null;) {
        const path: string = `/api/v1/recalls/${id}/outcomes?cursor=${cursor}${query}`;
        const { body }: Answer<Page<Outcome>> = await atWork.get<Page<Outcome>>(path);
        all.push(...body.items);
        cursor = body.nextCursor;
      }
      return all;
    },
    async stop() {
      await running.stop();
      await db.destroy();
      await database.drop();
    },
  };
  return atWork;
}
