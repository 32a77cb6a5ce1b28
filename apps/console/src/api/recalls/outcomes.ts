import { getRecall, listOutcomes } from '@chat-recall/shared/recalls';
import { z } from 'zod';
import { json, stream } from '../../http/answer.ts';
import { cursorSchema, fromCursor, toCursor } from '../../http/cursor.ts';
import { commaList, text } from '../../http/parameters.ts';
import { route } from '../../http/route.ts';
import { pageLimit } from '../page-limit.ts';
import { languageOf } from '../../http/language.ts';
import { asCsv, asNdjson, eachOutcome } from './outcome-streams.ts';
import { outcomePageSchema, outcomeStates } from './outcome-schemas.ts';
import { recallParams } from './schemas.ts';

const position = z.strictObject({ conversationId: z.int(), msgSeq: z.int() });
const mediaTypes = { csv: 'text/csv', ndjson: 'application/x-ndjson' } as const;

export const outcomes = route({
  method: 'get',
  path: '/api/v1/recalls/{id}/outcomes',
  id: 'listOutcomes',
  summary: 'What became of every sequence',
  description:
    'As JSON a page; as CSV or NDJSON all of it in one answer, from `cursor` on if it is given, and `limit` means nothing. In CSV a text that begins with `=`, `+`, `-`, `@`, a tab or a carriage return (full-width forms, too) has an apostrophe before it, so that no spreadsheet takes it for a formula; NDJSON has it as it is.',
  role: 'viewer',
  params: recallParams,
  query: {
    state: commaList(z.array(z.enum(outcomeStates)).default([]).describe('Only in these states')),
    cursor: text(cursorSchema),
    limit: pageLimit,
    format: text(
      z.enum(['csv', 'ndjson']).optional().describe('For links, which send no headers of ours: instead of `Accept`'),
    ),
    language: text(z.enum(['en', 'zh']).optional().describe('Likewise, instead of `Accept-Language`')),
  },
  headers: {
    'Accept-Language': z.string().optional().describe('`meaning` is Chinese when zh is preferred, else English'),
  },
  responses: {
    200: {
      description: 'Outcomes.',
      content: { 'application/json': outcomePageSchema, 'text/csv': 'text', 'application/x-ndjson': 'text' },
    },
  },
  async handle({ params, query, headers, mediaType }, { appId, db, reads }) {
    const { id } = await getRecall(db, appId, params.id);
    const wanted = {
      recallId: id,
      states: query.state,
      after: fromCursor(query.cursor, position),
      language: query.language ?? languageOf(headers['Accept-Language']),
    };
    switch (query.format === undefined ? mediaType : mediaTypes[query.format]) {
      case 'text/csv':
        return stream(asCsv(eachOutcome(reads, wanted)), {
          'content-type': 'text/csv; charset=utf-8; header=present',
          'content-disposition': `attachment; filename="recall-${id}-outcomes.csv"`,
        });
      case 'application/x-ndjson':
        return stream(asNdjson(eachOutcome(reads, wanted)), { 'content-type': 'application/x-ndjson; charset=utf-8' });
      default: {
        const { items, next } = await listOutcomes(reads, { ...wanted, limit: query.limit });
        return json({ items, nextCursor: next === null ? null : toCursor(next) });
      }
    }
  },
});
