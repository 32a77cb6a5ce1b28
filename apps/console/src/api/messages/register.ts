import { registerMessages } from '@chat-recall/shared/history';
import { createContentReader } from '@chat-recall/shared/messages';
import { recallRequestSchema } from '@chat-recall/shared/recalls';
import { z } from 'zod';
import { json } from '../../http/answer.ts';
import { route } from '../../http/route.ts';
import { component, requestComponent } from '../../openapi/components.ts';

/** Judged as in a selector, so that what is registered can be recalled. */
const { senders, sameTextAs } = recallRequestSchema.shape.selector.shape;
const { groupId, topicId, msgSeq } = sameTextAs.unwrap().shape;
const mostMessages = 500;
const mostElements = 100;

const registeredSchema = z.strictObject({
  groupId,
  topicId,
  msgSeq: msgSeq.describe('MsgSeq of the answer'),
  msgTime: z.int().min(1).max(253_402_300_799).describe('MsgTime of the answer: Unix seconds, as the platform told it'),
  sender: senders.unwrap().element.describe('UserID in whose name it was sent'),
  msgBody: z
    .array(z.looseObject({ MsgType: z.string().max(100), MsgContent: z.record(z.string(), z.unknown()) }))
    .min(1)
    .max(mostElements)
    .describe('MsgBody as it was sent'),
  msgDropReason: z
    .string()
    .max(100)
    .nullish()
    .describe('MsgDropReason of the answer: when it is there, the message was dropped and is not indexed'),
});

const registerSchema = requestComponent(
  z.strictObject({ messages: z.array(registeredSchema).min(1).max(mostMessages) }),
  {
    id: 'RegisterMessages',
    description: 'Messages that a back end sent or imported, with what the platform answered.',
    examples: [
      {
        messages: [
          {
            groupId: '@TGS#2EXAMPLE01',
            msgSeq: 4182,
            msgTime: 1_760_000_102,
            sender: 'shop-assistant',
            msgBody: [{ MsgType: 'TIMTextElem', MsgContent: { Text: 'your parcel has arrived' } }],
          },
        ],
      },
    ],
  },
);

const registeredAnswer = component(
  z.object({
    registered: z.int().min(0).describe('New to the index'),
    known: z.int().min(0).describe('In the index already'),
    dropped: z.int().min(0).describe('Dropped by the platform: not indexed'),
  }),
  { id: 'RegisteredMessages', description: 'What became of them.' },
);

export const registerRoute = route({
  method: 'post',
  path: '/api/v1/messages',
  id: 'registerMessages',
  summary: 'Register messages that were sent by REST',
  description:
    'For messages of which no callback tells: sent with `ForbidAfterSendMsgCallback`, or imported. Each as the platform answered it; one that comes again, or by callback too, is the same row. Answered once it is durable.',
  role: 'moderator',
  body: registerSchema,
  responses: { 200: { description: 'They are in the index.', content: { 'application/json': registeredAnswer } } },
  async handle({ body }, { appId, db, pool, text, now }) {
    const kept = body.messages.filter(({ msgDropReason }) => msgDropReason == null || msgDropReason === '');
    const registered = await registerMessages(
      { db, pool, appId, read: createContentReader(text) },
      kept.map((message) => ({ ...message, topicId: message.topicId ?? null, sentAt: message.msgTime * 1_000 })),
      now(),
    );
    return json({ registered, known: kept.length - registered, dropped: body.messages.length - kept.length });
  },
});
