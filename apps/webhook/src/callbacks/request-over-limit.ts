import { cleanText } from '@chat-recall/shared/messages';
import type { BodyFields } from '../parse-body.ts';
import type { Parsed } from './parsed.ts';

const longestName = 100;

/**
 * `Alert.RequestOverLimit`: calls of an API have passed 80 % of its limit (intl 60256). Told to people, and
 * no reason to refuse it whatever is in it.
 */
export function parseRequestOverLimit(body: BodyFields): Parsed {
  const name = (value: unknown): string | null =>
    typeof value === 'string' ? cleanText(value).slice(0, longestName) : null;
  const number = (value: unknown): number | null => (Number.isSafeInteger(value) ? Number(value) : null);
  return {
    kind: 'noted',
    details: {
      service: name(body['ServiceName']),
      command: name(body['Command']),
      request: number(body['Request']),
      limit: number(body['Limit']),
    },
  };
}
