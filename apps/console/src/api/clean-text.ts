import { z } from 'zod';

/** Text to look for: what PostgreSQL cannot hold is in no row, and refused rather than sent there. */
export function searchable(max: number): z.ZodString {
  return z
    .string()
    .min(1, 'must not be empty')
    .max(max, `must have ${max} characters at most`)
    .refine((text) => text.isWellFormed() && !text.includes('\0'), 'must not contain U+0000 or half a character');
}
