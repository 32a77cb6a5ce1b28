import { z } from 'zod';
import { json } from '../../http/answer.ts';
import { route } from '../../http/route.ts';
import { component } from '../../openapi/components.ts';

const waysSchema = component(
  z.object({
    provider: z
      .object({
        name: z.string().describe('Host of the issuer'),
        path: z.string().describe('Where a browser begins; the path to go on to may be given as `to`'),
      })
      .nullable()
      .describe('A provider of identities (OpenID Connect); null: there is none'),
  }),
  { id: 'LogInWays', description: 'How people may log in, beside with a token.' },
);

export const logInWays = route({
  method: 'get',
  path: '/api/v1/session/ways',
  id: 'getLogInWays',
  summary: 'How people may log in',
  description: 'For pages that ask somebody to log in. With a token it is always possible.',
  role: 'public',
  responses: { 200: { description: 'The ways.', content: { 'application/json': waysSchema } } },
  handle: (_request, { logInProvider: provider }) => json({ provider }),
});
