import type { Token } from '@chat-recall/shared/access';
import { z } from 'zod';
import { reservedNames } from '../../auth/roles.ts';
import { component, requestComponent } from '../../openapi/components.ts';
import { searchable } from '../clean-text.ts';
import { roleSchema } from '../session/schemas.ts';

const time = z.iso.datetime();

const shape = {
  id: z.uuid(),
  name: z.string(),
  person: z.string().describe('Whose it is: two tokens of one person are one person'),
  role: roleSchema,
  maxMessages: z.int().nullable().describe('The largest recall it may make; null: any'),
  createdAt: time,
  createdBy: z.string(),
  expiresAt: time.nullable(),
  lastUsedAt: time.nullable().describe('To the minute'),
  revokedAt: time.nullable(),
};

export const tokenSchema = component(z.object(shape) satisfies z.ZodType<Token>, {
  id: 'Token',
  description: 'A named token. Its secret is not kept.',
});

export const newTokenSchema = component(z.object({ ...shape, secret: z.string().describe('Shown this once') }), {
  id: 'NewToken',
  description: 'A token that was just made, with its secret.',
});

export const tokensSchema = component(z.object({ items: z.array(tokenSchema) }), {
  id: 'Tokens',
  description: 'All tokens, the newest first.',
});

const named = (max: number) =>
  searchable(max).refine((text) => text === text.trim(), 'must not begin or end with a space');

export const tokenRequestSchema = requestComponent(
  z.strictObject({
    name: named(100)
      .refine((name) => !reservedNames.includes(name.toLowerCase()), `must not be ${reservedNames.join(', ')}`)
      .describe('What recalls and audit name it by'),
    person: named(100).describe('Whose it is: nobody approves what the same person asked for'),
    role: roleSchema,
    maxMessages: z.int().min(1, 'must be 1 or more').nullish().describe('The largest recall it may make'),
    expiresAt: z.iso
      .datetime({ offset: true, error: 'must be a time such as 2026-11-21T00:00:00Z' })
      .nullish()
      .describe('absent: never'),
  }),
  {
    id: 'TokenRequest',
    description: 'A token to be made.',
    examples: [{ name: 'alice-laptop', person: 'alice', role: 'moderator', maxMessages: 5_000 }],
  },
);

/** The path of one token. */
export const tokenParams = z.object({ id: z.uuid().describe('Id of a token') });
