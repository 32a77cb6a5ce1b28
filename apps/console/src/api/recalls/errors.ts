import { errorsOf, getRecall, type RecallErrors } from '@chat-recall/shared/recalls';
import { z } from 'zod';
import { json } from '../../http/answer.ts';
import { route } from '../../http/route.ts';
import { component } from '../../openapi/components.ts';
import { languageOf } from '../../http/language.ts';
import { outcomeStates } from './outcome-schemas.ts';
import { recallParams } from './schemas.ts';

const errorsSchema = component(
  z.object({
    items: z.array(
      z.object({
        retCode: z.int().nullable().describe("The platform's code; null: none was told"),
        state: z.enum(outcomeStates),
        meaning: z.string(),
        advice: z.string().describe('What a person can do about it'),
        count: z.int().min(1),
      }) satisfies z.ZodType<RecallErrors>,
    ),
  }),
  { id: 'RecallErrors', description: 'What was not recalled, by code, with words.' },
);

export const errors = route({
  method: 'get',
  path: '/api/v1/recalls/{id}/errors',
  id: 'listRecallErrors',
  summary: 'What went wrong, by code, and what to do',
  description: 'Counts of outcomes that are not `recalled`, each with what the code means.',
  role: 'viewer',
  params: recallParams,
  headers: { 'Accept-Language': z.string().optional().describe('Chinese when zh is preferred, else English') },
  responses: { 200: { description: 'Counts by code.', content: { 'application/json': errorsSchema } } },
  async handle({ params, headers }, { appId, db, reads }) {
    const { id } = await getRecall(db, appId, params.id);
    return json({ items: await errorsOf(reads, id, languageOf(headers['Accept-Language'])) });
  },
});
