import { listDeliveries, type Delivery } from '@chat-recall/shared/recalls';
import { z } from 'zod';
import { json } from '../../http/answer.ts';
import { cursorSchema, fromCursor, toCursor } from '../../http/cursor.ts';
import { text } from '../../http/parameters.ts';
import { route } from '../../http/route.ts';
import { component } from '../../openapi/components.ts';
import { pageLimit } from '../page-limit.ts';
import { recallStates } from '../recalls/schemas.ts';

const time = z.iso.datetime();
const position = z.strictObject({ endedAt: time, id: z.uuid() });

const deliveryPageSchema = component(
  z.object({
    items: z.array(
      z.object({
        id: z.uuid().describe('webhook-id: the same for every try'),
        recallId: z.uuid(),
        state: z.enum(recallStates).describe('Of the recall, now'),
        endedAt: time,
        attempts: z.int().min(0),
        nextAt: time.nullable().describe('null: it is over'),
        deliveredAt: time.nullable(),
        givenUpAt: time.nullable(),
        lastStatus: z.int().nullable(),
        lastError: z.string().nullable(),
      }) satisfies z.ZodType<Delivery>,
    ),
    nextCursor: z.string().nullable(),
  }),
  { id: 'DeliveryPage', description: 'What the completion webhook was told, the latest end first.' },
);

export const listDeliveriesRoute = route({
  method: 'get',
  path: '/api/v1/deliveries',
  id: 'listDeliveries',
  summary: 'What the completion webhook was told',
  description: 'One row for each end of a recall, told or still to be told, the latest end first.',
  role: 'viewer',
  query: { cursor: text(cursorSchema), limit: pageLimit },
  responses: { 200: { description: 'A page.', content: { 'application/json': deliveryPageSchema } } },
  async handle({ query }, { appId, reads }) {
    const { items, next } = await listDeliveries(reads, {
      appId,
      before: fromCursor(query.cursor, position),
      limit: query.limit,
    });
    return json({ items, nextCursor: next === null ? null : toCursor(next) });
  },
});
