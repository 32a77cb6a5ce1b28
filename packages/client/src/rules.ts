import type { Rule, RuleRequest } from './generated/api.ts';
import { eachItem, type Page } from './pages.ts';
import type { InputOf, Transport } from './transport.ts';

export type RuleQuery = NonNullable<InputOf<'listRules'>['query']>;

/** Standing rules: what is taken back as it comes. */
export interface Rules {
  /** @param options.idempotencyKey the same key and rule make it once */
  create(rule: RuleRequest, options?: { readonly idempotencyKey?: string | undefined }): Promise<Rule>;
  get(id: string): Promise<Rule>;
  /** A page, newest first. */
  list(query?: RuleQuery): Promise<Page<Rule>>;
  each(query?: Omit<RuleQuery, 'cursor'>): AsyncGenerator<Rule>;
  cancel(id: string): Promise<Rule>;
}

export function createRules({ call }: Transport): Rules {
  return {
    create: (body, { idempotencyKey } = {}) =>
      call('createRule', { body, header: idempotencyKey === undefined ? {} : { 'Idempotency-Key': idempotencyKey } }),
    get: (id) => call('getRule', { path: { id } }),
    list: (query = {}) => call('listRules', { query }),
    each: (query = {}) => eachItem((cursor) => call('listRules', { query: { limit: 1_000, ...query, cursor } })),
    cancel: (id) => call('cancelRule', { path: { id } }),
  };
}
