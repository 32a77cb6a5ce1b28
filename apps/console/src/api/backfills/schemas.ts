import type { Backfill, BackfillDetails } from '@chat-recall/shared/history';
import { z } from 'zod';
import { component, requestComponent } from '../../openapi/components.ts';

const count = z.int().min(0);
const time = z.iso.datetime();

const noteSchema = z.object({
  code: z.enum([
    'paused_by_person',
    'estimate_ready',
    'stopped_by_platform',
    'listing_failed',
    'history_off',
    'parts_failed',
    'live',
    'gone',
    'no_message',
    'nothing_since',
    'nothing_missing',
    'reached_since',
    'reached_expired',
    'newest_untold',
    'refused',
    'failed',
    'no_messages',
    'not_made_yet',
    'too_old',
    'url_expired',
    'unreachable',
    'cut_short',
    'wrong_checksum',
    'line_too_long',
    'left_out',
  ]),
  en: z.string(),
  zh: z.string(),
});

const shape = {
  id: z.uuid().describe('UUIDv7'),
  sdkAppId: z.int(),
  kind: z.enum(['history', 'files']),
  state: z
    .enum(['listing', 'running', 'paused', 'completed', 'cancelled', 'failed'])
    .describe('`listing`: what is to be read is being found out'),
  cause: noteSchema.nullable().describe('Why it is paused or failed'),
  estimate: z.boolean().describe('It stops once all is listed, so that its cost can be judged'),
  since: time.describe('How far back'),
  requestedBy: z.string(),
  groups: count.nullable().describe('Groups that there are, as the platform says; null: not told yet, or of files'),
  parts: z
    .object({
      total: count,
      waiting: count,
      running: count,
      done: count,
      failed: count,
      excluded: count.describe('Live groups: the platform keeps no history of them'),
    })
    .describe('Conversations, or hours'),
  missing: count.describe('Sequences, or hours, that the index lacked when they were listed'),
  calls: z.object({
    made: count.describe('Of reading and of listing'),
    estimated: count.describe('For reading what is missing: at most, since what has expired is not asked for'),
    left: count,
    perSecond: z.number().min(0).describe('Over the last minute'),
    limit: z.number().nullable().describe('The rate of the workers; null: none has taken it up yet'),
  }),
  messages: count.describe('Added to the index'),
  estimatedSeconds: count.nullable().describe('What the estimated calls take; null: not known yet'),
  secondsLeft: count.nullable().describe('Until its end as things go; null: it does not run, or is not known'),
  createdAt: time,
  listedAt: time.nullable(),
  finishedAt: time.nullable(),
};

export const backfillSchema = component(z.object(shape) satisfies z.ZodType<Backfill>, {
  id: 'Backfill',
  description: "Reading an app's history into the index: how far it is, and what it costs.",
});

export const backfillDetailsSchema = component(
  z.object({
    ...shape,
    notes: z.array(noteSchema.extend({ count })).describe('Why parts ended as they did, with how many'),
    failed: z
      .array(
        z.object({
          groupId: z.string().nullable().describe('null: an hour'),
          topicId: z.string().nullable(),
          hour: z.string().nullable().describe('`YYYYMMDDHH`, Beijing time; null: a conversation'),
          cause: noteSchema.nullable(),
        }),
      )
      .describe('Parts that could not be read, a hundred at most'),
  }) satisfies z.ZodType<BackfillDetails>,
  { id: 'BackfillDetails', description: 'A backfill with what is to be said of its parts.' },
);

export const backfillPageSchema = component(
  z.object({ items: z.array(backfillSchema), nextCursor: z.string().nullable() }),
  { id: 'BackfillPage', description: 'Backfills, newest first.' },
);

export const backfillRequest = requestComponent(
  z.strictObject({
    kind: z
      .enum(['history', 'files'])
      .describe(
        '`history`: every group and topic, page by page. `files`: the hourly files of the last seven days at most; communities found in them are read from history',
      ),
    since: z.iso
      .datetime({ offset: true, error: 'must be a time such as 2026-11-21T00:00:00Z' })
      .optional()
      .describe('How far back; absent: TENCENT_ROAMING_DAYS, of files seven days'),
    estimate: z.boolean().default(false).describe('Stop once all is listed; `resume` then has it read'),
  }),
  {
    id: 'BackfillRequest',
    description: 'A backfill to be made.',
    examples: [{ kind: 'history', since: '2026-11-14T00:00:00Z', estimate: true }],
  },
);

/** The path of one backfill. */
export const backfillParams = z.object({ id: z.uuid().describe('Id of a backfill') });
