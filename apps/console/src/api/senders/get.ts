import { readSender, type SenderProfile } from '@chat-recall/shared/recalls';
import { z } from 'zod';
import { json } from '../../http/answer.ts';
import { route } from '../../http/route.ts';
import { component } from '../../openapi/components.ts';
import { recallStates, selectorSchema } from '../recalls/schemas.ts';

const count = z.int().min(0);
const time = z.iso.datetime();

const senderSchema = component(
  z.object({
    sender: z.string(),
    messages: count,
    firstAt: time.nullable(),
    lastAt: time.nullable(),
    overTime: z.array(z.object({ from: time, to: time, messages: count })),
    groups: z.array(z.object({ groupId: z.string(), topicId: z.string().nullable(), messages: count })),
    recalls: z.array(
      z.object({ id: z.uuid(), state: z.enum(recallStates), reason: z.string(), createdAt: time, messages: count }),
    ),
    protected: z.object({ reason: z.string() }).nullable(),
  }) satisfies z.ZodType<SenderProfile>,
  { id: 'Sender', description: 'What the index and the recalls know of a sender.' },
);

export const getSender = route({
  method: 'get',
  path: '/api/v1/senders/{sender}',
  id: 'getSender',
  summary: "A sender's volume over time, groups and recalls",
  description: 'Of a sender whom the index does not know, too: the counts are 0 then.',
  role: 'viewer',
  // Judged as in a selector.
  params: z.object({ sender: selectorSchema.shape.senders.unwrap().element.describe('UserID, percent-encoded') }),
  responses: { 200: { description: 'The sender.', content: { 'application/json': senderSchema } } },
  async handle({ params }, { appId, reads }) {
    return json(await readSender(reads, appId, params.sender));
  },
});
