import { createAccess, type Access } from './access.ts';
import { createBackfills, type Backfills } from './backfills.ts';
import { createErasures, type Erasures } from './erasures.ts';
import { createRecalls, type Recalls } from './recalls.ts';
import { createRules, type Rules } from './rules.ts';
import type { Health, Message, Readiness, Session } from './generated/api.ts';
import { eachItem } from './pages.ts';
import { createTransport, type AnswerOf, type ClientOptions, type InputOf } from './transport.ts';

export type MessageQuery = NonNullable<InputOf<'searchMessages'>['query']>;

export type CoverageQuery = NonNullable<InputOf<'listCoverage'>['query']>;

/** The console's admin API. Every method rejects with ApiError or UnreachableError. */
export interface Client extends Access {
  readonly messages: {
    /** A page of the index, newest first. */
    search(query?: MessageQuery): Promise<AnswerOf<'searchMessages'>>;
    /** All that match, newest first; pages are fetched as they are used. */
    each(query?: Omit<MessageQuery, 'cursor'>): AsyncGenerator<Message>;
    /**
     * Puts messages into the index of which no callback tells: sent with `ForbidAfterSendMsgCallback`, or
     * imported. 500 at most, each as the platform answered it; again is harmless.
     */
    register(messages: InputOf<'registerMessages'>['body']['messages']): Promise<AnswerOf<'registerMessages'>>;
  };
  /** How complete the index is: over all, and by conversation, those that miss most first. */
  coverage(query?: CoverageQuery): Promise<AnswerOf<'listCoverage'>>;
  readonly recalls: Recalls;
  readonly rules: Rules;
  readonly erasures: Erasures;
  readonly backfills: Backfills;
  /** Stores a recall for the workers to carry out; the same as `recalls.create`. */
  readonly enqueueRecall: Recalls['create'];
  /** Whose token it is, and the settings that concern them. */
  session(): Promise<Session>;
  /** Rates, delays, waiting batches, and the errors of the last hour. */
  health(): Promise<Health>;
  /** Whether the console's parts answer, with the console's time; without a token, and never an ApiError. */
  readiness(): Promise<{ readonly readiness: Readiness | null; readonly status: number; readonly date: Date | null }>;
}

/**
 * @throws TypeError when `baseUrl` or `token` cannot be used; the token is in no message
 */
export function createClient(options: ClientOptions): Client {
  const transport = createTransport(options);
  const recalls = createRecalls(transport);
  return {
    ...createAccess(transport),
    recalls,
    rules: createRules(transport),
    erasures: createErasures(transport),
    backfills: createBackfills(transport),
    enqueueRecall: recalls.create,
    messages: {
      search: (query = {}) => transport.call('searchMessages', { query }),
      each: (query = {}) =>
        eachItem((cursor) => transport.call('searchMessages', { query: { limit: 1_000, ...query, cursor } })),
      register: (messages) => transport.call('registerMessages', { body: { messages } }),
    },
    coverage: (query = {}) => transport.call('listCoverage', { query }),
    session: () => transport.call('getSession', {}),
    health: () => transport.call('readHealth', {}),
    async readiness() {
      const { status, headers, body } = await transport.raw('getReadiness', {});
      const date = new Date(headers.get('date') ?? Number.NaN);
      return {
        status,
        readiness: isReadiness(body) ? body : null,
        date: Number.isNaN(date.getTime()) ? null : date,
      };
    },
  };
}

function isReadiness(body: unknown): body is Readiness {
  return typeof body === 'object' && body !== null && 'ready' in body && 'parts' in body;
}
