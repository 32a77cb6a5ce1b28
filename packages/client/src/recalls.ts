import { enqueueRecall, type EnqueueOptions } from './enqueue-recall.ts';
import type { Outcome, Plan, Recall, RecallErrors, RecallRequest } from './generated/api.ts';
import { fromNdjson } from './ndjson.ts';
import { eachItem, type Page } from './pages.ts';
import type { AnswerOf, InputOf, Transport } from './transport.ts';
import { waitForEnd, waitForProof, type WaitOptions } from './wait-for-end.ts';

export type RecallQuery = NonNullable<InputOf<'listRecalls'>['query']>;
export type OutcomeQuery = NonNullable<InputOf<'listOutcomes'>['query']>;

export type FindingQuery = NonNullable<InputOf<'listFindings'>['query']>;

export interface Recalls {
  /** Stores a recall; see `enqueueRecall`. */
  create(request: RecallRequest, options?: EnqueueOptions): Promise<Recall>;
  get(id: string): Promise<Recall>;
  /** A page, newest first. */
  list(query?: RecallQuery): Promise<Page<Recall>>;
  each(query?: Omit<RecallQuery, 'cursor'>): AsyncGenerator<Recall>;
  /** What a frozen plan holds. */
  plan(id: string): Promise<Plan>;
  /** What did not end as `recalled`, by code, with what to do. */
  errors(id: string): Promise<RecallErrors['items']>;
  /** A page of outcomes. */
  outcomes(id: string, query?: OutcomeQuery): Promise<Page<Outcome>>;
  /** All outcomes as one stream, however many there are. */
  eachOutcome(id: string, query?: Pick<OutcomeQuery, 'state'>): AsyncGenerator<Outcome>;
  /** All outcomes as text, piece by piece; in CSV, texts that a spreadsheet would take for formulas are defused. */
  outcomesAs(format: 'csv' | 'ndjson', id: string, query?: Pick<OutcomeQuery, 'state'>): AsyncGenerator<string>;
  /** Carries out a frozen plan. ApiError `plan_drift` when it no longer fits, unless that is confirmed. */
  execute(id: string, options?: { confirmDrift?: boolean }): Promise<Recall>;
  approve(id: string, options?: { confirmDrift?: boolean }): Promise<Recall>;
  pause(id: string): Promise<Recall>;
  resume(id: string): Promise<Recall>;
  cancel(id: string): Promise<Recall>;
  retry(id: string): Promise<Recall>;
  /** Has history asked whether what it took back is gone: what no callback confirmed, or all. */
  verify(id: string, options?: { all?: boolean }): Promise<Recall>;
  /** A page of what the comparison with history found out about its plan. */
  findings(id: string, query?: FindingQuery): Promise<AnswerOf<'listFindings'>>;
  /** Ends its tail; what was appended is carried out. */
  stopFollowing(id: string): Promise<Recall>;
  /** Reads it until it has ended. */
  wait(id: string, options?: WaitOptions): Promise<Recall>;
  /** Reads it until history has been asked about all that `verify` wants. */
  waitForProof(id: string, options?: Omit<WaitOptions, 'until'>): Promise<Recall>;
}

const mediaTypes = { csv: 'text/csv', ndjson: 'application/x-ndjson' } as const;

export function createRecalls(transport: Transport): Recalls {
  const { call, stream } = transport;
  const get = (id: string): Promise<Recall> => call('getRecall', { path: { id } });
  const outcomesAs: Recalls['outcomesAs'] = (format, id, query = {}) =>
    stream('listOutcomes', { path: { id }, query }, mediaTypes[format]);
  return {
    get,
    outcomesAs,
    create: (request, options) => enqueueRecall(transport, request, options),
    list: (query = {}) => call('listRecalls', { query }),
    each: (query = {}) => eachItem((cursor) => call('listRecalls', { query: { limit: 1_000, ...query, cursor } })),
    plan: (id) => call('getPlan', { path: { id } }),
    errors: async (id) => (await call('listRecallErrors', { path: { id } })).items,
    outcomes: (id, query = {}) => call('listOutcomes', { path: { id }, query }),
    eachOutcome: (id, query) => fromNdjson<Outcome>(outcomesAs('ndjson', id, query)),
    execute: (id, options) => call('executeRecall', { path: { id }, body: options }),
    approve: (id, options) => call('approveRecall', { path: { id }, body: options }),
    pause: (id) => call('pauseRecall', { path: { id } }),
    resume: (id) => call('resumeRecall', { path: { id } }),
    cancel: (id) => call('cancelRecall', { path: { id } }),
    retry: (id) => call('retryRecall', { path: { id } }),
    verify: (id, options = {}) => call('verifyRecall', { path: { id }, body: options }),
    findings: (id, query = {}) => call('listFindings', { path: { id }, query }),
    stopFollowing: (id) => call('stopFollowing', { path: { id } }),
    wait: (id, options) => waitForEnd(() => get(id), options),
    waitForProof: (id, options) => waitForProof(() => get(id), options),
  };
}
