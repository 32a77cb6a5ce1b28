import { z } from 'zod';
import { RecallError, type FieldFault } from '../errors/index.ts';
import { fold } from '../messages/index.ts';

/** Sequences that one request may name. */
export const maxNamedSequences = 10_000;

/** How long a recall may follow what comes, s: a day. */
export const mostFollowSeconds = 86_400;

/** PostgreSQL stores neither U+0000 nor lone surrogates, and no id of the platform holds them. */
const clean = (max: number): z.ZodString =>
  z
    .string()
    .min(1, 'must not be empty')
    .max(max, `must have ${max} characters at most`)
    // oxlint-disable-next-line no-control-regex -- U+0000 is what is looked for
    .refine((text) => text.isWellFormed() && !/\u0000/u.test(text), 'must not contain U+0000 or half a character');

const sender = clean(256).describe('UserID (From_Account), matched exactly');
const groupId = clean(256).describe('GroupId, matched exactly');
const topicId = clean(256).describe('TopicId, matched exactly');
const msgSeq = z
  .int('must be a whole number below 2^53')
  .min(1, 'must be 1 or more')
  .describe('MsgSeq, unique within a group or topic');
const keyword = clean(500)
  .refine((text) => fold(text).trim() !== '', 'holds nothing to search for')
  .describe('Matched as a substring; case, width, zero-width characters and runs of white space do not matter');
const time = z.iso
  .datetime({ offset: true, error: 'must be a time such as 2026-11-21T00:00:00Z' })
  .describe('ISO 8601 with an offset; compared with MsgTime');

const namedMessages = z.strictObject({
  groupId,
  topicId: topicId.nullish(),
  msgSeqs: z
    .array(msgSeq)
    .min(1, 'must name at least one sequence')
    .max(maxNamedSequences, `must name ${maxNamedSequences} sequences at most`),
});

const selectorSchema = z
  .strictObject({
    sdkAppId: z.int().min(1).optional().describe('SDKAppID; the configured app by default'),
    senders: z.array(sender).max(10_000).optional(),
    keywords: z.array(keyword).max(100).optional(),
    sentFrom: time.optional().describe('Inclusive'),
    sentTo: time.optional().describe('Exclusive'),
    groupIds: z.array(groupId).max(10_000).optional(),
    topicIds: z.array(topicId).max(10_000).optional(),
    excludeSenders: z.array(sender).max(10_000).optional(),
    messages: z.array(namedMessages).min(1, 'must name at least one sequence').max(maxNamedSequences).optional(),
    sameTextAs: z
      .strictObject({ groupId, topicId: topicId.nullish(), msgSeq })
      .optional()
      .describe('Every message with the same folded text as this one, which the index must hold'),
    limit: z.int().min(1).optional().describe('Keeps the newest ones; `counts.matched` tells how many matched'),
  })
  // Also beside other faults: all of them are told at once.
  .superRefine(judgeTogether, {
    when: ({ value }) => typeof value === 'object' && value !== null && !Array.isArray(value),
  });

/** What no part of a selector shows by itself. Parts that are faulty themselves may hold anything. */
function judgeTogether(selector: Readonly<Record<string, unknown>>, context: z.RefinementCtx): void {
  const { senders, keywords, messages, sameTextAs, sentFrom, sentTo } = selector;
  const given = (part: unknown): boolean => part !== undefined && !(Array.isArray(part) && part.length === 0);
  const something = [senders, keywords, messages, sameTextAs].some(given) || (given(sentFrom) && given(sentTo));
  if (!something) {
    const message = 'selects nothing: give senders, keywords, messages, sameTextAs, or both sentFrom and sentTo';
    context.addIssue({ code: 'custom', message });
  }
  if (typeof sentFrom === 'string' && typeof sentTo === 'string' && Date.parse(sentFrom) >= Date.parse(sentTo)) {
    context.addIssue({ code: 'custom', path: ['sentTo'], message: 'must be later than sentFrom' });
  }
  const lists = (Array.isArray(messages) ? messages : []) as ({ msgSeqs?: unknown } | null)[];
  const named = lists.reduce((sum, item) => sum + (Array.isArray(item?.msgSeqs) ? item.msgSeqs.length : 0), 0);
  if (named > maxNamedSequences) {
    const message = `must name ${maxNamedSequences} sequences at most; it names ${named}`;
    context.addIssue({ code: 'custom', path: ['messages'], message });
  }
}

const reason = clean(500).refine((text) => text.trim() !== '', 'must not be blank');

/** `messages` alone: the index need not have seen them. */
export function isExplicit({
  messages,
  sdkAppId: _,
  limit: __,
  ...others
}: Readonly<Record<string, unknown>>): boolean {
  return (
    messages !== undefined &&
    Object.values(others).every((part) => part === undefined || (Array.isArray(part) && part.length === 0))
  );
}

/** Whether a selector, faulty or not, names sequences and nothing else: no other message ever matches it. */
function namesOnly(selector: unknown): boolean {
  return typeof selector === 'object' && selector !== null && isExplicit(selector as Record<string, unknown>);
}

const nothingToFollow = 'names sequences and nothing else: no message that comes later can match';

const requestSchema = z.strictObject({
  selector: selectorSchema,
  reason,
  mode: z.enum(['plan', 'execute']).default('execute').describe('`plan`: freeze and stop until `execute`'),
  priority: z.enum(['urgent', 'normal', 'bulk']).default('normal'),
  canary: z
    .strictObject({
      messages: z.int().min(1).max(1_000).default(20).describe('Size of the first wave, in messages; called in tens'),
      maxFailedShare: z
        .number()
        .min(0)
        .max(1)
        .default(0.1)
        .describe('Pauses when a larger share of the first wave failed'),
    })
    .optional()
    .describe('A first wave; the rest follows when it went well'),
  followSeconds: z
    .int()
    .min(0)
    .max(mostFollowSeconds)
    .default(0)
    .describe(
      'How long after it began to run the recall goes on taking back what matches and comes: its tail, up to a day. Messages that the index misses and gets meanwhile are taken, too',
    ),
  verifySenders: z
    .boolean()
    .default(false)
    .describe(
      'Compares the sender of each planned message with the history of the platform before anything is called, and leaves out what does not agree. Callbacks are signed over their time only',
    ),
  refresh: z
    .boolean()
    .default(false)
    .describe(
      'Reads the planned messages again before anything is called: what was edited and matches no more is left out',
    ),
});

const anyObject = ({ value }: { readonly value: unknown }): boolean =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

function judgeFollow(request: Readonly<Record<string, unknown>>, context: z.RefinementCtx): void {
  if (typeof request['followSeconds'] !== 'number' || request['followSeconds'] <= 0) return;
  if (request['verifySenders'] === true || request['refresh'] === true) {
    const message = 'must be 0 with verifySenders or refresh: what comes later cannot wait to be read back';
    context.addIssue({ code: 'custom', path: ['followSeconds'], message });
  }
  if (!namesOnly(request['selector'])) return;
  context.addIssue({ code: 'custom', path: ['followSeconds'], message: `must be 0: the selector ${nothingToFollow}` });
}

/** `POST /api/v1/recalls`; the same JSON is the data of a `recall` job. */
export const recallRequestSchema = requestSchema.superRefine(judgeFollow, { when: anyObject });

/** Data of a `recall` job on the queue `recall-jobs`. */
export const queuedRequestSchema = requestSchema
  .extend({ requestedBy: clean(200).optional(), idempotencyKey: clean(255).optional() })
  .superRefine(judgeFollow, { when: anyObject });

/** `POST /api/v1/rules`. */
export const ruleRequestSchema = z
  .strictObject({
    selector: selectorSchema,
    reason,
    name: clean(100)
      .refine((text) => text.trim() !== '', 'must not be blank')
      .optional(),
    dailyCap: z
      .int()
      .min(1)
      .max(1_000_000)
      .describe('Messages that it takes back in one UTC day at most; what is over waits for the next day'),
    expiresAt: time.describe('When it ends by itself: in the future, within 90 days'),
    priority: requestSchema.shape.priority,
  })
  .superRefine(
    ({ selector }: Readonly<Record<string, unknown>>, context) => {
      if (!namesOnly(selector)) return;
      context.addIssue({ code: 'custom', path: ['selector'], message: nothingToFollow });
    },
    { when: anyObject },
  );

export type RecallRequest = z.output<typeof recallRequestSchema>;
export type Selector = RecallRequest['selector'];
export type QueuedRequest = z.output<typeof queuedRequestSchema>;
export type RuleRequest = z.output<typeof ruleRequestSchema>;

/** A list of 10,000 sequences may hold 10,000 faults; a failed job keeps the words. */
const faultsInWords = 20;

/**
 * Judges unknown input.
 *
 * @throws RecallError `invalid_request` with every fault and its path
 */
export function parseOrThrow<T>(schema: z.ZodType<T>, input: unknown): T {
  const parsed = schema.safeParse(input);
  if (parsed.success) return parsed.data;
  const faults = faultsOf(parsed.error);
  const words = faults
    .slice(0, faultsInWords)
    .map(({ path, message }) => (path === '' ? message : `${path} ${message}`));
  const more = faults.length > faultsInWords ? `; and ${faults.length - faultsInWords} more` : '';
  throw new RecallError('invalid_request', words.join('; ') + more, faults);
}

/** zod's issues as faults: each unknown field is one of its own, and of several of one field the first is told. */
export function faultsOf(error: z.ZodError): FieldFault[] {
  const told = new Set<string>();
  return faultsOfIssues(error).filter(({ path }) => {
    const first = !told.has(path);
    told.add(path);
    return first;
  });
}

function faultsOfIssues(error: z.ZodError): FieldFault[] {
  return error.issues.flatMap((issue): FieldFault[] => {
    if (issue.code === 'unrecognized_keys') {
      return issue.keys.map((key) => ({ path: pathOf([...issue.path, key]), message: 'is not a known field' }));
    }
    if (issue.code === 'invalid_type' && issue.input === undefined && issue.message.includes('received undefined')) {
      return [{ path: pathOf(issue.path), message: 'is required' }];
    }
    return [
      { path: pathOf(issue.path), message: issue.message.replace(/^(?:Invalid|Too) [a-z]+: (?=expected )/u, '') },
    ];
  });
}

function pathOf(path: readonly PropertyKey[]): string {
  return path.reduce<string>(
    (text, key) => (typeof key === 'number' ? `${text}[${key}]` : text === '' ? String(key) : `${text}.${String(key)}`),
    '',
  );
}
