import { z } from 'zod';
import { number } from '../http/parameters.ts';

/** `limit` of every list. */
export const pageLimit = number(
  z
    .int('must be a whole number')
    .min(1, 'must be 1 or more')
    .max(1_000, 'must be 1000 or less')
    .default(100)
    .describe('Items on a page'),
);
