import type { ConversationCoverage, CoverageSummary } from '@chat-recall/shared/history';
import { z } from 'zod';
import { component } from '../../openapi/components.ts';

const count = z.int().min(0);
const share = z.number().min(0).max(1);

export const coverageSummarySchema = component(
  z.object({
    conversations: count,
    sequences: count.describe('Between the first and the newest one known of'),
    missing: count.describe('Not accounted for yet; asked for once they have waited 30 s for stragglers'),
    unreachable: count.describe('Missed for good: live groups and groups that are gone have no history'),
    incomplete: count.describe('Conversations with missing sequences'),
    refused: count.describe('Conversations whose history the app may not read'),
    live: count.describe('Live groups: what they miss cannot be asked for'),
    share: share.describe('Of the sequences, those accounted for; rounded down'),
  }) satisfies z.ZodType<CoverageSummary>,
  { id: 'CoverageSummary', description: 'How much of the sequences of some conversations the index accounts for.' },
);

export const coveragePageSchema = component(
  z.object({
    summary: coverageSummarySchema,
    items: z.array(
      z.object({
        groupId: z.string(),
        topicId: z.string().nullable(),
        groupType: z.string(),
        firstSeq: z.int().nullable(),
        newestSeq: z.int().nullable().describe('Seen, or told by the platform'),
        missing: count,
        unreachable: count,
        system: count.describe('Group tips: they take numbers and are no messages'),
        recalled: count.describe('Recalled before the index had seen them'),
        placeholders: count.describe('Deleted, expired, or never there'),
        share,
        history: z.enum(['open', 'none', 'gone', 'refused']).describe('Whether what is missing can be asked for'),
        gone: z.boolean().describe('The group was disbanded, or the topic destroyed'),
        failures: count.describe('Askings in a row that failed'),
        activeAt: z.iso.datetime(),
      }) satisfies z.ZodType<ConversationCoverage>,
    ),
    nextCursor: z.string().nullable().describe('For the next page; null: this is the last one'),
  }),
  { id: 'CoveragePage', description: 'Conversations, those that miss most first.' },
);
