import { RecallError } from '@chat-recall/shared/errors';
import { z } from 'zod';

/** A cursor as a query parameter: where the last page ended. */
export const cursorSchema = z
  .string()
  .max(1_000)
  .describe('`nextCursor` of the page before; empty or absent: the first page')
  .optional();

/** A position as an opaque cursor. */
export function toCursor(position: object): string {
  return Buffer.from(JSON.stringify(position)).toString('base64url');
}

/**
 * The position in a cursor; null: from the beginning.
 *
 * @throws RecallError `invalid_request` when it is none that was given out here
 */
export function fromCursor<T>(cursor: string | undefined, schema: z.ZodType<T>): T | null {
  if (cursor === undefined || cursor === '') return null;
  const parsed = schema.safeParse(parseJson(Buffer.from(cursor, 'base64url').toString('utf8')));
  if (parsed.success) return parsed.data;
  const message = 'must be the nextCursor of the page before';
  throw new RecallError('invalid_request', `cursor ${message}`, [{ path: 'cursor', message }]);
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
