import { checkToken, parseBaseUrl } from './base-url.ts';
import { ApiError, UnreachableError, whyUnreachable } from './errors.ts';
import { operations, type Operations } from './generated/api.ts';

export interface ClientOptions {
  /** Where the console is, such as `http://127.0.0.1:8081`. */
  readonly baseUrl: string;
  /** A bearer token of the console. Goes nowhere but into the `Authorization` header. */
  readonly token: string;
  /** Instead of the global `fetch`. */
  readonly fetch?: typeof globalThis.fetch | undefined;
  /** How long an answer, and each piece of a streamed one, may take, ms; default 30,000. */
  readonly timeoutMs?: number | undefined;
  /** Language of meanings and advice; default English. */
  readonly language?: 'en' | 'zh' | undefined;
  /** The app that every request is about, where the console serves several; default its first one. */
  readonly sdkAppId?: number | undefined;
}

type Operation = keyof Operations;

/** What an operation takes: path, query and header parameters, and a body. */
export type InputOf<K extends Operation> = Omit<Operations[K], 'answer'> & {
  readonly signal?: AbortSignal | undefined;
};
export type AnswerOf<K extends Operation> = Operations[K]['answer'];

type Value = string | number | undefined;
type Query = Readonly<Record<string, Value | readonly Value[]>>;

/** Any operation's input, for what is generic over them. */
interface AnyInput {
  readonly path?: Readonly<Record<string, string>>;
  readonly query?: Query;
  readonly header?: Readonly<Record<string, string | undefined>>;
  readonly body?: unknown;
  readonly signal?: AbortSignal | undefined;
}

export interface Transport {
  /** @throws ApiError | UnreachableError */
  call<K extends Operation>(operation: K, input: InputOf<K>): Promise<AnswerOf<K>>;
  /** The answer as it comes, piece by piece. @throws ApiError | UnreachableError */
  stream<K extends Operation>(operation: K, input: InputOf<K>, mediaType: string): AsyncGenerator<string>;
  /** The answer whatever its status. @throws UnreachableError */
  raw<K extends Operation>(
    operation: K,
    input: InputOf<K>,
  ): Promise<{ status: number; headers: Headers; body: unknown }>;
}

const defaultTimeoutMs = 30_000;

/** HTTP to one console. @throws TypeError when the options cannot be used */
export function createTransport(options: ClientOptions): Transport {
  const base = parseBaseUrl(options.baseUrl);
  const authorization = `Bearer ${checkToken(options.token)}`;
  const timeoutMs = options.timeoutMs ?? defaultTimeoutMs;
  const send = options.fetch ?? globalThis.fetch;
  const language = options.language === 'zh' ? 'zh-CN' : 'en';
  const app = options.sdkAppId === undefined ? {} : { 'sdk-app-id': String(options.sdkAppId) };

  async function open(operation: Operation, input: AnyInput, accept: string, abort: AbortSignal): Promise<Response> {
    const [method, path] = operations[operation];
    const url = new URL(filled(path, input.path ?? {}).slice(1) + queryOf(input.query ?? {}), base);
    try {
      return await send(url, {
        method,
        // A console never redirects; following would turn a POST into a GET.
        redirect: 'manual',
        signal: input.signal === undefined ? abort : AbortSignal.any([abort, input.signal]),
        headers: {
          accept,
          authorization,
          'accept-language': language,
          ...app,
          ...(input.body === undefined ? {} : { 'content-type': 'application/json' }),
          ...Object.fromEntries(Object.entries(input.header ?? {}).filter(([, value]) => value !== undefined)),
        } as Record<string, string>,
        ...(input.body === undefined ? {} : { body: JSON.stringify(input.body) }),
      });
    } catch (error) {
      throw unreachable(error, input.signal);
    }
  }

  function unreachable(error: unknown, signal: AbortSignal | undefined): unknown {
    if (signal?.aborted === true) return error;
    return new UnreachableError(base.href, whyUnreachable(error, timeoutMs), error);
  }

  function refusal({ status, headers }: Response, text: string): Error {
    const type = headers.get('content-type')?.split(';', 1)[0] ?? 'nothing';
    const problem = type === 'application/problem+json' ? parsed(text) : undefined;
    if (typeof problem === 'object' && problem !== null)
      return new ApiError(status, problem as Record<string, unknown>);
    return new UnreachableError(
      base.href,
      `it answered ${status} with ${type}, as the console of chat-recall does not. Is something else there?`,
    );
  }

  const transport: Transport = {
    async call(operation, input) {
      const given = input as AnyInput;
      const response = await open(operation, given, 'application/json', AbortSignal.timeout(timeoutMs));
      try {
        if (response.status === 204) return undefined;
        const text = await response.text();
        const isJson = response.headers.get('content-type')?.startsWith('application/json') === true;
        const body = response.ok && isJson ? parsed(text) : undefined;
        if (body === undefined) throw refusal(response, text);
        return body as never;
      } catch (error) {
        throw isOurs(error) ? error : unreachable(error, given.signal);
      }
    },
    async *stream(operation, input, mediaType) {
      const given = input as AnyInput;
      const silence = new AbortController();
      let timer = setTimeout(expire, timeoutMs);
      function expire(): void {
        silence.abort(new DOMException('too slow', 'TimeoutError'));
      }
      try {
        const response = await open(operation, given, `${mediaType}, application/problem+json`, silence.signal);
        const type = response.headers.get('content-type') ?? '';
        if (!response.ok || response.body === null || !type.startsWith(mediaType)) {
          throw refusal(response, await response.text());
        }
        const decoder = new TextDecoder();
        for await (const chunk of response.body) {
          clearTimeout(timer);
          yield decoder.decode(chunk as Uint8Array, { stream: true });
          // Only the console is to be quick; whoever reads may take their time.
          timer = setTimeout(expire, timeoutMs);
        }
        yield decoder.decode();
      } catch (error) {
        throw isOurs(error) ? error : unreachable(error, given.signal);
      } finally {
        clearTimeout(timer);
      }
    },
    async raw(operation, input) {
      const given = input as AnyInput;
      const response = await open(operation, given, 'application/json', AbortSignal.timeout(timeoutMs));
      try {
        return { status: response.status, headers: response.headers, body: parsed(await response.text()) };
      } catch (error) {
        throw unreachable(error, given.signal);
      }
    },
  };
  return transport;
}

function isOurs(error: unknown): boolean {
  return error instanceof ApiError || error instanceof UnreachableError;
}

function filled(path: string, values: Readonly<Record<string, string>>): string {
  return path.replaceAll(/\{(\w+)\}/gu, (_, name: string) => encodeURIComponent(values[name] ?? ''));
}

function queryOf(query: Query): string {
  const pairs = Object.entries(query).flatMap(([name, given]) => {
    const values = typeof given === 'object' ? given : [given];
    return values.flatMap((value): [string, string][] => (value === undefined ? [] : [[name, String(value)]]));
  });
  return pairs.length === 0 ? '' : `?${new URLSearchParams(pairs).toString()}`;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
