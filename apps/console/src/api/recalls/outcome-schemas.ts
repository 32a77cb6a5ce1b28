import type { Outcome } from '@chat-recall/shared/recalls';
import { z } from 'zod';
import { component } from '../../openapi/components.ts';

export const outcomeStates = [
  'pending',
  'recalled',
  'not_found',
  'expired',
  'not_recallable',
  'failed',
  'unknown',
  'cancelled',
] as const satisfies readonly Outcome['state'][];

const time = z.iso.datetime();

export const outcomeSchema = component(
  z.object({
    groupId: z.string(),
    topicId: z.string().nullable(),
    msgSeq: z.int(),
    sender: z.string().nullable().describe('null: the index had not seen the message'),
    sentAt: time.nullable().describe('MsgTime; null: the index had not seen the message'),
    state: z.enum(outcomeStates),
    retCode: z.int().nullable().describe("The platform's last code"),
    meaning: z.string().nullable().describe('The code in words, English or Chinese'),
    presumed: z.boolean().describe('Recalled by an attempt whose answer was lost'),
    late: z.boolean().describe('Came after the plan was frozen'),
    attempts: z.int().min(0),
    lastAttemptAt: time.nullable(),
    confirmedAt: time.nullable().describe('When the recall callback told of it'),
    verifiedAt: time.nullable().describe('When history showed it as recalled'),
    disprovedAt: time.nullable().describe('When history showed it still there although its recall was answered'),
    recalledBy: z
      .object({ recallId: z.uuid().nullable(), operator: z.string().nullable(), at: time })
      .nullable()
      .describe('What took it back when it was not this recall'),
  }) satisfies z.ZodType<Outcome>,
  {
    id: 'Outcome',
    description: 'What became of one sequence of a recall.',
    examples: [
      {
        groupId: '@TGS#2EXAMPLE01',
        topicId: null,
        msgSeq: 4182,
        sender: 'spammer42',
        sentAt: '2026-11-21T08:15:00.000Z',
        state: 'recalled',
        retCode: 0,
        meaning: 'Recalled.',
        presumed: false,
        late: false,
        attempts: 1,
        lastAttemptAt: '2026-11-22T09:00:01.250Z',
        confirmedAt: '2026-11-22T09:00:01.900Z',
        verifiedAt: null,
        disprovedAt: null,
        recalledBy: null,
      },
    ],
  },
);

export const outcomePageSchema = component(
  z.object({
    items: z.array(outcomeSchema),
    nextCursor: z.string().nullable().describe('For the next page; null: this is the last one'),
  }),
  { id: 'OutcomePage', description: 'Outcomes by conversation, the newest sequence first.' },
);
