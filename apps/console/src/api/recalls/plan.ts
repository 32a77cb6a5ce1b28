import { appendAudit } from '@chat-recall/shared/audit';
import { driftOf, getRecall, isLargeDrift, previewPlan, type PlanPreview } from '@chat-recall/shared/recalls';
import { z } from 'zod';
import { actorOf, mayReadText } from '../../auth/roles.ts';
import { json } from '../../http/answer.ts';
import { route } from '../../http/route.ts';
import { component } from '../../openapi/components.ts';
import { coverageSummarySchema } from '../coverage/schemas.ts';
import { messageSchema } from '../messages/schemas.ts';
import { recallParams } from './schemas.ts';

const count = z.int().min(0);

export const planSchema = component(
  z.object({
    messages: count.describe('Sequences in the plan'),
    toCall: count.describe('Sequences that will be called'),
    alreadyRecalled: count,
    matched: count,
    protectedLeftOut: count,
    conversations: count,
    calls: count.describe('Calls of at most ten sequences of one conversation'),
    etaSeconds: count.describe('At the configured rate, with nothing else running'),
    byGroup: z.array(
      z.object({ groupId: z.string(), topicId: z.string().nullable(), groupType: z.string(), messages: count }),
    ),
    bySender: z.array(z.object({ sender: z.string().nullable(), messages: count })),
    overTime: z.array(z.object({ from: z.iso.datetime(), to: z.iso.datetime(), messages: count })),
    coverage: coverageSummarySchema.describe('Of the conversations that the selector looks at'),
    sample: z.array(messageSchema).describe('The newest ones; empty for who may not read messages'),
    warnings: z.array(
      z.object({
        code: z.enum([
          'large_share',
          'open_window',
          'older_than_roaming',
          'live_group_too_old',
          'live_group_clients',
          'overlap',
          'not_in_index',
          'protected',
          'group_gone',
          'incomplete',
          'unreachable',
          'sender_differs',
          'no_longer_matches',
          'edited',
          'unverifiable',
          'text_as_pieces',
          'text_not_kept',
        ]),
        count,
        en: z.string(),
        zh: z.string(),
      }),
    ),
    drift: z
      .object({ frozen: count, now: count })
      .nullable()
      .describe('Set when the selector now matches a tenth or a hundred messages more or fewer than it did'),
  }) satisfies z.ZodType<Omit<PlanPreview, 'sample'> & { sample: unknown; drift: unknown }>,
  { id: 'Plan', description: 'What a frozen plan holds: exactly what would be called.' },
);

export const plan = route({
  method: 'get',
  path: '/api/v1/recalls/{id}/plan',
  id: 'getPlan',
  summary: 'What a frozen plan holds',
  description:
    'By group, by sender and over time, with warnings of what to look at twice. The texts of its sample are for who may read messages, and showing them is written into the audit.',
  role: 'viewer',
  params: recallParams,
  responses: { 200: { description: 'The plan.', content: { 'application/json': planSchema } } },
  async handle({ params, principal }, { appId, callsPerSecond, roamingDays, text: { hash }, db, reads }) {
    const recall = await getRecall(db, appId, params.id);
    const withText = mayReadText(principal.role);
    const preview = await previewPlan(reads, { id: recall.id, appId }, { callsPerSecond, roamingDays, hash, withText });
    if (preview.sample.length > 0) {
      const details = { sample: preview.sample.length };
      await appendAudit(db, actorOf(principal), { action: 'messages.read', recallId: recall.id, details });
    }
    const waits = recall.state === 'planned' || recall.state === 'awaiting_approval';
    const drift = waits ? await driftOf(reads, recall.id, hash).catch(() => null) : null;
    return json({ ...preview, drift: drift !== null && isLargeDrift(drift) ? drift : null });
  },
});
