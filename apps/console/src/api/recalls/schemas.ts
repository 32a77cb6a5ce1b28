import { recallRequestSchema, type Recall, type TailCause } from '@chat-recall/shared/recalls';
import { z } from 'zod';
import { component, requestComponent } from '../../openapi/components.ts';

export const recallStates = [
  'planning',
  'planned',
  'awaiting_approval',
  'running',
  'paused',
  'completed',
  'completed_with_failures',
  'cancelled',
  'failed',
] as const satisfies readonly Recall['state'][];

const count = z.int().min(0);
const time = z.iso.datetime();
const nonEmpty = (name: string): object => ({ required: [name], properties: { [name]: { minItems: 1 } } });

export const selectorSchema = component(recallRequestSchema.shape.selector, {
  id: 'Selector',
  description:
    'What to recall. Parts are joined by AND, the values of a part by OR. At least one of senders, keywords, messages, sameTextAs or a window (sentFrom and sentTo) must be given; sentFrom must be before sentTo; 10,000 sequences may be named in all.',
  anyOf: [
    nonEmpty('senders'),
    nonEmpty('keywords'),
    nonEmpty('messages'),
    { required: ['sameTextAs'] },
    { required: ['sentFrom', 'sentTo'] },
  ],
});

const exampleSelector = {
  senders: ['spammer42'],
  keywords: ['加微信'],
  sentFrom: '2026-11-21T00:00:00Z',
  sentTo: '2026-11-22T00:00:00Z',
  groupIds: ['@TGS#2EXAMPLE01'],
};

export const requestSchema = requestComponent(recallRequestSchema, {
  id: 'RecallRequest',
  description:
    'A recall to be made. The same JSON, with `requestedBy` and `idempotencyKey` if wanted, is the data of a job named `recall` on the BullMQ queue `recall-jobs`.',
  examples: [{ selector: exampleSelector, reason: 'spam wave', mode: 'execute', priority: 'normal' }],
});

/** Why a tail left something out, or ended early. */
export const tailCauseSchema = z.object({
  code: z.enum(['limit', 'size', 'approval', 'cap', 'copy_gone']),
  en: z.string(),
  zh: z.string(),
}) satisfies z.ZodType<TailCause>;

export const recallSchema = component(
  z.object({
    id: z.uuid().describe('UUIDv7'),
    sdkAppId: z.int(),
    state: z.enum(recallStates),
    stateNote: z.string().nullable().describe('Why it is paused or failed, in words'),
    stateCause: z
      .object({
        code: z.enum([
          'paused_by_person',
          'stopped_by_platform',
          'first_wave_failed',
          'approval_expired',
          'too_large',
          'planning_failed',
        ]),
        en: z.string(),
        zh: z.string(),
      })
      .nullable()
      .describe('`stateNote` with a code, in English and Chinese'),
    pauseCode: z.int().nullable().describe("The platform's code that paused it"),
    selector: selectorSchema,
    reason: z.string(),
    requestedBy: z.string(),
    source: z.enum(['api', 'queue']),
    mode: z.enum(['plan', 'execute']),
    priority: z.enum(['urgent', 'normal', 'bulk']),
    counts: z
      .object({
        matched: count.describe('Messages that matched'),
        planned: count.describe('Messages in the plan: the sum of the eight that follow'),
        pending: count,
        recalled: count,
        notFound: count,
        expired: count,
        notRecallable: count,
        failed: count,
        unknown: count,
        cancelled: count,
      })
      .describe('While it is `planning` they still grow'),
    batches: z.object({ total: count, done: count }).describe('One batch is one call of up to ten sequences'),
    protectedLeftOut: count.describe(
      'Matched, and left out of the plan because the sender or the message is protected',
    ),
    approval: z
      .object({
        above: count.describe('Larger plans wait for another person'),
        awaitingSince: time.nullable(),
        approvedBy: z.string().nullable(),
        approvedAt: time.nullable(),
      })
      .nullable()
      .describe('null: it never needed another person'),
    canary: z
      .object({ messages: z.int().min(1), maxFailedShare: z.number(), state: z.enum(['running', 'passed', 'stopped']) })
      .nullable()
      .describe('The first wave; null: there is none'),
    follow: z
      .object({
        seconds: z.int().min(0).describe('How long it follows once it runs'),
        until: time.nullable().describe('null: it does not run yet'),
        state: z
          .enum(['waiting', 'following', 'closing', 'ended'])
          .describe('`closing`: the time is over, and what was sent before is still being looked for'),
        late: count.describe('Came after the plan was frozen, and were appended to it'),
        leftOut: count.describe('Came, and found no room in the plan or in the day'),
        cause: tailCauseSchema.nullable().describe('What the last one found no room in, or why it ended early'),
      })
      .nullable()
      .describe('Its tail: what matches and comes while it runs and for a while after; null: it has none'),
    rule: z
      .object({ name: z.string().nullable(), dailyCap: z.int().min(1) })
      .nullable()
      .describe('A standing rule; null: an ordinary recall'),
    proof: z
      .object({
        answered: count.describe('Taken back by a call of this recall: RetCode 0, or presumed'),
        confirmed: count.describe('Of them, told by the recall callback, too'),
        verified: count.describe('Of them, shown as recalled by history'),
        unproved: count.describe('Of them, neither'),
        flagged: z.boolean().describe('Nobody confirmed some of them within five minutes of the end'),
        verification: z.enum(['wanted', 'done']).nullable().describe('Whether history is asked; null: not wanted'),
        unverifiable: count.describe('History cannot speak of them: live groups, groups that are gone'),
      })
      .describe('How well it is proved that what was recalled is gone'),
    check: z
      .object({
        senders: z.boolean(),
        texts: z.boolean(),
        state: z.enum(['waiting', 'running', 'done']),
        checked: count,
        unverifiable: count,
        senderDiffers: count.describe('Left out: history names another sender'),
        noMatch: count.describe('Left out: edited, and matches no more'),
        edited: count.describe('Edited, and in the plan still'),
      })
      .nullable()
      .describe('What was compared with history before anything was called; null: nothing'),
    executedBy: z.string().nullable().describe('Who let a frozen plan run'),
    createdAt: time,
    plannedAt: time.nullable(),
    startedAt: time.nullable(),
    finishedAt: time.nullable(),
    detailsDroppedAt: time
      .nullable()
      .describe('When its outcomes and attempts were dropped for their age; its counts stay. null: they are there'),
  }) satisfies z.ZodType<Recall>,
  {
    id: 'Recall',
    description: 'A request to take messages back, and how far it has come.',
    examples: [
      {
        id: '019ae6b2-7d3e-7c41-9a55-0a4f1c2d3e4f',
        sdkAppId: 1_400_000_000,
        state: 'running',
        stateNote: null,
        stateCause: null,
        pauseCode: null,
        selector: exampleSelector,
        reason: 'spam wave',
        requestedBy: 'admin',
        source: 'api',
        mode: 'execute',
        priority: 'normal',
        counts: {
          matched: 25,
          planned: 25,
          pending: 10,
          recalled: 14,
          notFound: 1,
          expired: 0,
          notRecallable: 0,
          failed: 0,
          unknown: 0,
          cancelled: 0,
        },
        batches: { total: 3, done: 2 },
        protectedLeftOut: 0,
        approval: null,
        canary: null,
        follow: null,
        rule: null,
        proof: {
          answered: 14,
          confirmed: 12,
          verified: 0,
          unproved: 2,
          flagged: false,
          verification: null,
          unverifiable: 0,
        },
        check: null,
        executedBy: null,
        createdAt: '2026-11-22T09:00:00.000Z',
        plannedAt: '2026-11-22T09:00:00.120Z',
        startedAt: '2026-11-22T09:00:00.120Z',
        finishedAt: null,
        detailsDroppedAt: null,
      },
    ],
  },
);

export const recallPageSchema = component(
  z.object({
    items: z.array(recallSchema),
    nextCursor: z.string().nullable().describe('For the next page; null: this is the last one'),
  }),
  { id: 'RecallPage', description: 'Recalls, newest first.' },
);

/** The path of one recall. */
export const recallParams = z.object({ id: z.uuid().describe('Id of a recall') });

/** Of actions that let a frozen plan run. */
export const confirmSchema = requestComponent(
  z
    .strictObject({
      confirmDrift: z
        .boolean()
        .optional()
        .describe('Runs the plan also when its selector now matches a tenth or a hundred messages more or fewer'),
    })
    .optional(),
  { id: 'Confirmation', description: 'An object, or no body at all.' },
);

/** Of actions without fields; `{}` does no harm. */
export const emptyBody = requestComponent(z.strictObject({}).optional(), {
  id: 'Nothing',
  description: 'An empty object, or no body at all.',
});
