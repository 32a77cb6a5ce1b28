import type { Db } from '@chat-recall/shared/db';
import { listOutcomes, type Outcome, type OutcomePosition } from '@chat-recall/shared/recalls';
import { stringify } from 'csv-stringify/sync';

/** Rows that are in memory at once. */
const chunkRows = 1_000;

/** All outcomes, chunk by chunk: the next one is read when the last one is taken. */
export async function* eachOutcome(
  db: Db,
  query: Omit<Parameters<typeof listOutcomes>[1], 'limit'>,
): AsyncGenerator<readonly Outcome[]> {
  let after: OutcomePosition | null = query.after;
  do {
    const { items, next }: Awaited<ReturnType<typeof listOutcomes>> = await listOutcomes(db, {
      ...query,
      after,
      limit: chunkRows,
    });
    if (items.length > 0) yield items;
    after = next;
  } while (after !== null);
}

const columns = [
  'groupId',
  'topicId',
  'msgSeq',
  'sender',
  'sentAt',
  'state',
  'retCode',
  'meaning',
  'presumed',
  'attempts',
  'lastAttemptAt',
  'recalledByRecallId',
  'recalledByOperator',
  'recalledByAt',
  'late',
  'confirmedAt',
  'verifiedAt',
  'disprovedAt',
] as const;

/** RFC 4180 with a header row. */
export async function* asCsv(chunks: AsyncIterable<readonly Outcome[]>): AsyncGenerator<string> {
  yield `${columns.join(',')}\r\n`;
  for await (const outcomes of chunks) {
    yield stringify(outcomes.map(toRow), {
      columns: [...columns],
      record_delimiter: '\r\n',
      // Else it quotes \r\n alone, and a lone \r or \n would break the row.
      quote_record_delimiter: true,
      escape_formulas: true,
      cast: { boolean: String },
    });
  }
}

export async function* asNdjson(chunks: AsyncIterable<readonly Outcome[]>): AsyncGenerator<string> {
  for await (const outcomes of chunks) yield outcomes.map((outcome) => `${JSON.stringify(outcome)}\n`).join('');
}

function toRow({ recalledBy, ...outcome }: Outcome): Record<(typeof columns)[number], unknown> {
  return {
    ...outcome,
    recalledByRecallId: recalledBy?.recallId,
    recalledByOperator: recalledBy?.operator,
    recalledByAt: recalledBy?.at,
  };
}
