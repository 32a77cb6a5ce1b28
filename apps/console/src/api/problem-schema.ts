import { z } from 'zod';
import { problemCodes } from '../http/problem.ts';
import { component } from '../openapi/components.ts';

const fault = z.object({
  path: z
    .string()
    .describe(
      'Where: a field of the body as `selector.senders[0]`, or the name of a parameter or header; empty: the whole',
    ),
  message: z.string().describe('What was expected there'),
});

export const problemSchema = component(
  z.object({
    type: z.string().describe('`urn:chat-recall:problem:` and the code'),
    title: z.string(),
    status: z.int(),
    detail: z
      .string()
      .describe(
        'What is wrong, in words; of a `conflict` and of what a person may not do in Chinese when Accept-Language prefers zh',
      ),
    code: z.enum(problemCodes as [string, ...string[]]).describe('Stable: programs may switch on it'),
    requestId: z.string().describe('The same as the header X-Request-Id; the log bears it, too'),
    drift: z
      .object({ frozen: z.int().min(0), now: z.int().min(0) })
      .optional()
      .describe('With `plan_drift`: how many messages matched when the plan was frozen, and how many do now'),
    errors: z.array(fault).describe('Every fault of an invalid request, 1,000 at most; else empty'),
  }),
  {
    id: 'Problem',
    description: 'Why a request was refused (RFC 9457).',
    examples: [
      {
        type: 'urn:chat-recall:problem:invalid_request',
        title: 'The request is not valid',
        status: 422,
        detail: 'reason is required',
        code: 'invalid_request',
        requestId: '1f0cbf0a-5a3e-4a0e-9d0c-6f6f4a4a4a4a',
        errors: [{ path: 'reason', message: 'is required' }],
      },
    ],
  },
);
