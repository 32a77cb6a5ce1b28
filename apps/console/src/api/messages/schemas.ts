import type { FoundMessage } from '@chat-recall/shared/messages';
import { z } from 'zod';
import { component } from '../../openapi/components.ts';

const time = z.iso.datetime();

export const messageSchema = component(
  z.object({
    groupId: z.string(),
    topicId: z.string().nullable(),
    msgSeq: z.int(),
    sender: z.string(),
    sentAt: time.describe('MsgTime'),
    text: z.string().nullable().describe('What people see: the text of all elements; null: the role may not read it'),
    textKept: z
      .boolean()
      .describe('false: `text` is empty because the index does not keep it (INDEX_TEXT), or not any more'),
    messageTypes: z
      .array(z.string())
      .describe('MsgType of the elements; `other`: one that the platform does not document'),
    recalled: z
      .object({
        at: time,
        by: z.string().nullable().describe('Who asked for the recall, or the operator that the platform told'),
        recallId: z.uuid().nullable(),
      })
      .nullable()
      .describe('null: not recalled, as far as is known'),
  }) satisfies z.ZodType<Omit<FoundMessage, 'text'> & { text: string | null }>,
  {
    id: 'Message',
    description: 'An indexed group message.',
    examples: [
      {
        groupId: '@TGS#2EXAMPLE01',
        topicId: null,
        msgSeq: 4182,
        sender: 'spammer42',
        sentAt: '2026-11-21T08:15:00.000Z',
        text: '加微信领红包',
        textKept: true,
        messageTypes: ['TIMTextElem'],
        recalled: { at: '2026-11-22T09:00:01.000Z', by: 'admin', recallId: '019ae6b2-7d3e-7c41-9a55-0a4f1c2d3e4f' },
      },
    ],
  },
);

export const messagePageSchema = component(
  z.object({
    items: z.array(messageSchema),
    nextCursor: z.string().nullable().describe('For the next page; null: this is the last one'),
    warnings: z
      .array(z.object({ code: z.enum(['text_not_kept']), count: z.int().min(0), en: z.string(), zh: z.string() }))
      .describe('Of the first page: what words and copies could not be looked for in'),
  }),
  { id: 'MessagePage', description: 'Messages, newest first.' },
);
