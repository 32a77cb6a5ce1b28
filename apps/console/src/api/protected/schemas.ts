import { recallRequestSchema, type ProtectedMessage, type ProtectedSender } from '@chat-recall/shared/recalls';
import { z } from 'zod';
import { component, requestComponent } from '../../openapi/components.ts';

const time = z.iso.datetime();
/** Judged as in a selector. */
const { senders, sameTextAs } = recallRequestSchema.shape.selector.shape;
const sender = senders.unwrap().element;
const { groupId, topicId, msgSeq } = sameTextAs.unwrap().shape;
const { reason } = recallRequestSchema.shape;

export const protectedSenderSchema = component(
  z.object({
    sender: z.string(),
    reason: z.string(),
    createdBy: z.string(),
    createdAt: time,
  }) satisfies z.ZodType<ProtectedSender>,
  { id: 'ProtectedSender', description: 'A sender whom no recall touches.' },
);

export const protectedSendersSchema = component(z.object({ items: z.array(protectedSenderSchema) }), {
  id: 'ProtectedSenders',
  description: 'All protected senders, the newest first.',
});

export const protectSenderSchema = requestComponent(z.strictObject({ sender, reason }), {
  id: 'ProtectSender',
  description: 'A sender to protect.',
});

export const senderOnlySchema = requestComponent(z.strictObject({ sender }), {
  id: 'SenderKey',
  description: 'A sender.',
});

export const protectedMessageSchema = component(
  z.object({
    groupId: z.string(),
    topicId: z.string().nullable(),
    msgSeq: z.int(),
    reason: z.string(),
    createdBy: z.string(),
    createdAt: time,
  }) satisfies z.ZodType<ProtectedMessage>,
  { id: 'ProtectedMessage', description: 'A message that no recall takes back.' },
);

export const protectedMessagesSchema = component(z.object({ items: z.array(protectedMessageSchema) }), {
  id: 'ProtectedMessages',
  description: 'All protected messages, the newest first.',
});

export const protectMessageSchema = requestComponent(z.strictObject({ groupId, topicId, msgSeq, reason }), {
  id: 'ProtectMessage',
  description: 'A message to protect; the index need not hold it.',
});

export const messageKeySchema = requestComponent(z.strictObject({ groupId, topicId, msgSeq }), {
  id: 'MessageKey',
  description: 'A message by where it stands.',
});
