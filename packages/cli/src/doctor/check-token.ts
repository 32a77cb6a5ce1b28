import { ApiError, type Client } from '@chat-recall/client';
import { printable } from '../printable.ts';
import type { Words } from '../words/words.ts';
import { check, type Check } from './check.ts';

/** Whether the console takes the token, and for whose. */
export async function checkToken(client: Client, words: Words): Promise<Check> {
  try {
    const { principal } = await client.session();
    return check('token', 'ok', words.doctorTokenOk(printable(principal.name), principal.role));
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    if (error.status === 401) return check('token', 'failed', words.doctorTokenRefused, words.doctorTokenAdvice);
    // An older console has no sessions; it has looked at the token all the same.
    if (error.status === 404) return check('token', 'ok', words.doctorTokenOkPlain);
    return check('token', 'failed', printable(error.detail), null);
  }
}
