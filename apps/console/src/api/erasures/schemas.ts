import { changedKinds, type Erasure, type Found } from '@chat-recall/shared/erasure';
import { recallRequestSchema } from '@chat-recall/shared/recalls';
import { z } from 'zod';
import { component, requestComponent } from '../../openapi/components.ts';

const count = z.int().min(0);
const time = z.iso.datetime();
const { senders } = recallRequestSchema.shape.selector.shape;

export const erasureRequestSchema = requestComponent(
  z.strictObject({
    sender: senders.unwrap().element,
    reason: recallRequestSchema.shape.reason.describe('Kept; must not name the person'),
    confirm: z.boolean().optional().describe('true: erase; otherwise only count what would be'),
  }),
  { id: 'ErasureRequest', description: 'A person whose texts and id are to be erased. It cannot be undone.' },
);

const found = z.object({
  messages: count.describe('Sent by the person, in the index'),
  outcomes: count,
  evidence: count,
  recalls: count.describe('Whose selector names the person'),
  openRecalls: count.describe('Of them: not ended'),
  protected: z.boolean().describe('No recall touches the person'),
}) satisfies z.ZodType<Found>;

export const erasurePreviewSchema = component(z.object({ found }), {
  id: 'ErasurePreview',
  description: 'What names a person. Nothing was changed.',
});

export const erasureSchema = component(
  z.object({
    id: z.uuid().describe('UUIDv7'),
    state: z.enum(['waiting', 'running', 'completed']),
    replacement: z.string().describe("Stands wherever the person's id stood"),
    reason: z.string(),
    requestedBy: z.string(),
    found: found.describe('Counted when it was asked for'),
    changed: z
      .partialRecord(z.enum(changedKinds), count)
      .describe('Rows changed so far, by kind; `mentions`: messages of others that named the person'),
    progress: z.object({ done: count, of: count }).describe('Steps; they take very different times'),
    waitsFor: z
      .object({
        planning: count.describe('Recalls that name the person, while their plan is frozen'),
        jobs: count.describe('Queue jobs that name the person and cannot be changed: under way, or by their own id'),
      })
      .nullable()
      .describe('What must end first; null: nothing'),
    createdAt: time,
    startedAt: time.nullable(),
    finishedAt: time.nullable(),
  }) satisfies z.ZodType<Erasure>,
  { id: 'Erasure', description: 'The erasure of a person. It does not tell of whom.' },
);

export const erasurePageSchema = component(
  z.object({
    items: z.array(erasureSchema),
    nextCursor: z.string().nullable().describe('For the next page; null: this is the last one'),
  }),
  { id: 'ErasurePage', description: 'Erasures, newest first.' },
);
