import { ruleRequestSchema, type Rule } from '@chat-recall/shared/recalls';
import { z } from 'zod';
import { component, requestComponent } from '../../openapi/components.ts';
import { recallSchema, selectorSchema, tailCauseSchema } from '../recalls/schemas.ts';

const count = z.int().min(0);
const time = z.iso.datetime();
const { state, stateNote, priority, counts, protectedLeftOut, approval } = recallSchema.shape;

const exampleSelector = { keywords: ['加微信'], groupIds: ['@TGS#2EXAMPLE01'] };

export const ruleRequest = requestComponent(ruleRequestSchema, {
  id: 'RuleRequest',
  description: 'A standing rule to be made.',
  examples: [
    {
      selector: exampleSelector,
      reason: 'advertising',
      name: 'no adverts',
      dailyCap: 500,
      expiresAt: '2026-12-21T00:00:00Z',
    },
  ],
});

export const ruleSchema = component(
  z.object({
    id: z.uuid().describe('Also the id of the recall that carries it out'),
    sdkAppId: z.int(),
    name: z.string().nullable(),
    owner: z.string().describe('Who asked for it'),
    selector: selectorSchema,
    reason: z.string(),
    priority,
    dailyCap: z.int().min(1).describe('Messages that it takes back in one UTC day at most'),
    expiresAt: time,
    state,
    stateNote,
    approval,
    counts,
    protectedLeftOut,
    leftOut: count.describe('Found no room in their day, and are not taken back yet'),
    cause: tailCauseSchema.nullable().describe('What the last one found no room in, or why it ended early'),
    today: z.object({
      day: z.iso.date().describe('The present UTC day'),
      taken: count.describe('Appended to what it takes back'),
      leftOut: count.describe('Found no room in the day'),
      capped: z.boolean().describe('The cap is reached: nothing more is taken back before the next UTC day'),
    }),
    lastHitAt: time.nullable(),
    createdAt: time,
    startedAt: time.nullable(),
    finishedAt: time.nullable(),
  }) satisfies z.ZodType<Rule>,
  {
    id: 'Rule',
    description: 'A standing rule, and what it did.',
    examples: [
      {
        id: '019ae6b2-7d3e-7c41-9a55-0a4f1c2d3e50',
        sdkAppId: 1_400_000_000,
        name: 'no adverts',
        owner: 'alice-laptop',
        selector: exampleSelector,
        reason: 'advertising',
        priority: 'normal',
        dailyCap: 500,
        expiresAt: '2026-12-21T00:00:00.000Z',
        state: 'running',
        stateNote: null,
        approval: null,
        counts: {
          matched: 12,
          planned: 12,
          pending: 0,
          recalled: 12,
          notFound: 0,
          expired: 0,
          notRecallable: 0,
          failed: 0,
          unknown: 0,
          cancelled: 0,
        },
        protectedLeftOut: 0,
        leftOut: 0,
        cause: null,
        today: { day: '2026-11-22', taken: 3, leftOut: 0, capped: false },
        lastHitAt: '2026-11-22T08:59:58.120Z',
        createdAt: '2026-11-21T00:00:00.000Z',
        startedAt: '2026-11-21T00:00:00.000Z',
        finishedAt: null,
      },
    ],
  },
);

export const rulePageSchema = component(
  z.object({
    items: z.array(ruleSchema),
    nextCursor: z.string().nullable().describe('For the next page; null: this is the last one'),
  }),
  { id: 'RulePage', description: 'Standing rules, newest first.' },
);

/** The path of one rule. */
export const ruleParams = z.object({ id: z.uuid().describe('Id of a rule') });
