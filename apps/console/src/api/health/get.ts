import { readHealth, type Health } from '@chat-recall/shared/recalls';
import { z } from 'zod';
import { json } from '../../http/answer.ts';
import { route } from '../../http/route.ts';
import { component } from '../../openapi/components.ts';
import { languageOf } from '../../http/language.ts';

const count = z.int().min(0);
const time = z.iso.datetime();
const rate = z.number().min(0);

const healthSchema = component(
  z.object({
    at: time,
    ingest: z.object({
      perSecond: rate.describe('Stored callbacks a second, over the last minute'),
      delaySeconds: z.object({ p50: rate, p95: rate }).nullable().describe('From the event to durable'),
      lastCallbackAt: time.nullable().describe('To ten seconds'),
    }),
    batches: z.object({ waiting: count, queued: count, running: count, oldestQueuedSeconds: rate }),
    calls: z.object({
      perSecond: rate.describe('Over the last ten seconds'),
      limit: rate.describe('TENCENT_CALLS_PER_SECOND'),
      factor: rate.describe('Share of the limit in force; below 1 after the platform said that calls come too fast'),
    }),
    coverage: z.object({
      incomplete: count.describe('Conversations with sequences that are not accounted for'),
      missing: count.describe('Sequences that are not accounted for'),
      refused: count.describe('Conversations whose history the app may not read'),
    }),
    silence: z
      .object({ lastCallbackAt: time.nullable(), activeAt: time })
      .nullable()
      .describe('No callback for five minutes, while the platform tells of new messages; null: not so'),
    commands: z
      .array(z.object({ command: z.string(), count, lastAt: time, details: z.unknown() }))
      .describe('Callbacks of the last two days by command; `details`: what the newest alarm said'),
    errors: z.array(z.object({ retCode: z.int(), meaning: z.string(), count })).describe('Of the last hour'),
    history: z.array(z.object({ at: time, callbacksPerSecond: rate, callsPerSecond: rate, failed: count })),
  }) satisfies z.ZodType<Health>,
  { id: 'Health', description: 'How the system does, over all processes.' },
);

export const readHealthFigures = route({
  method: 'get',
  path: '/api/v1/health',
  id: 'readHealth',
  summary: 'How the system does',
  description: 'Figures of all processes together, of the last ten seconds to the last hour.',
  role: 'viewer',
  headers: { 'Accept-Language': z.string().optional().describe('Chinese when zh is preferred, else English') },
  responses: { 200: { description: 'Figures.', content: { 'application/json': healthSchema } } },
  async handle({ headers }, { appId, callsPerSecond, reads }) {
    return json(await readHealth(reads, { appId, callsPerSecond, language: languageOf(headers['Accept-Language']) }));
  },
});
