import { z } from 'zod';
import type { Principal } from '../../auth/roles.ts';
import type { ConsoleParts } from '../../parts.ts';
import { component, requestComponent } from '../../openapi/components.ts';

export const roleSchema = z.enum(['viewer', 'moderator', 'approver', 'admin']);

/** Whoever recalls more messages than this types their number first. */
const confirmAbove = 100;

export const logInSchema = requestComponent(
  z.strictObject({ token: z.string().min(1, 'must not be empty').max(1_000) }),
  {
    id: 'LogIn',
    description: 'A token, once: the session takes its place.',
  },
);

export const sessionSchema = component(
  z.object({
    principal: z.object({
      name: z.string(),
      person: z.string().describe('Two tokens of one person are one person'),
      role: roleSchema,
      maxMessages: z.int().nullable().describe('The largest recall that may be made; null: any'),
    }),
    csrfToken: z
      .string()
      .nullable()
      .describe(
        'For the header X-CSRF-Token of every request that changes something; null: a token was used, which needs none',
      ),
    settings: z.object({
      sdkAppId: z.int().describe('The app that is asked for'),
      sdkAppIds: z.array(z.int()).describe('All apps that are served'),
      callsPerSecond: z.int(),
      confirmAbove: z.int().describe('Pages have the number typed when a recall is larger'),
      approveAbove: z
        .int()
        .nullable()
        .describe('Larger recalls of this principal wait for another person; null: none does'),
    }),
  }),
  { id: 'Session', description: 'Who is asking, and what pages need to know.' },
);

/** What is told of a principal. */
export function describe(
  { name, person, role, maxMessages }: Pick<Principal, 'name' | 'person' | 'role' | 'maxMessages'>,
  csrfToken: string | null,
  { apps, appId, callsPerSecond, approveAbove }: ConsoleParts,
) {
  return {
    principal: { name, person, role, maxMessages },
    csrfToken,
    settings: {
      sdkAppId: appId,
      sdkAppIds: apps.map(({ sdkAppId }) => sdkAppId),
      callsPerSecond,
      confirmAbove,
      approveAbove: role === 'admin' ? null : approveAbove,
    },
  } satisfies z.output<typeof sessionSchema>;
}
