import { sessionCookie } from '../auth/cookies.ts';
import { problemSchema } from '../api/problem-schema.ts';
import { problemCodes, problemFrom, statusOf } from '../http/problem.ts';
import type { Route } from '../http/route.ts';
import { componentSchemas, refOf } from './components.ts';
import { operationOf } from './operation.ts';

/** The OpenAPI 3.1 document of a table of routes. */
export function documentOf(routes: readonly Route[]): object {
  const paths: Record<string, Record<string, object>> = {};
  for (const route of routes) (paths[route.path] ??= {})[route.method] = operationOf(route);
  return {
    openapi: '3.1.1',
    info: {
      title: 'chat-recall admin API',
      version: '1.0.0',
      description:
        'Finds group messages of a Tencent Cloud Chat app and takes them back. Times are ISO 8601 in UTC, ids UUIDv7. Unknown fields and parameters are refused, and all faults of a request are told at once. No text may hold U+0000 or half a character. GET also answers HEAD. Where several apps are served, the header `Sdk-App-Id` says which one a request is about; without it, it is the first.',
      contact: { name: 'The operators of this console' },
      license: { name: 'MIT', identifier: 'MIT' },
    },
    servers: [{ url: '/' }],
    tags: [
      { name: 'recalls', description: 'Take messages back, and see what became of each' },
      { name: 'messages', description: 'The index of group messages' },
      { name: 'senders', description: 'What one sender wrote, and what was done about it' },
      { name: 'rules', description: 'Recalls that stand and take back what comes later' },
      { name: 'coverage', description: 'How much of each conversation the index has seen' },
      { name: 'backfills', description: "Reading an app's history into the index" },
      { name: 'protected', description: 'Senders and messages that no recall touches' },
      { name: 'erasures', description: 'What is forgotten about a sender, and what was' },
      { name: 'deliveries', description: 'What the completion webhook was told' },
      { name: 'tokens', description: 'Who may do what' },
      { name: 'session', description: 'Log-ins of browsers' },
      { name: 'sessions', description: 'Who is logged in in a browser' },
      { name: 'audit', description: 'What was done, by whom, why and from where' },
      { name: 'health', description: 'Figures for people' },
      { name: 'service', description: 'Health, figures, this document' },
    ],
    paths,
    components: {
      securitySchemes: {
        bearer: { type: 'http', scheme: 'bearer', description: 'A named token, or CONSOLE_ADMIN_TOKEN' },
        session: {
          type: 'apiKey',
          in: 'cookie',
          name: sessionCookie,
          description:
            'Of a browser; over https with `__Host-` before its name. Requests that change something need the header X-CSRF-Token, too.',
        },
      },
      headers: {
        RequestId: { description: 'Stands in the log, too', schema: { type: 'string', format: 'uuid' } },
      },
      responses: problemResponses(paths),
      schemas: componentSchemas(),
    },
  };
}

/** One response for each status with which an operation refuses; it tells the codes that share it. */
function problemResponses(paths: object): Record<string, object> {
  const referred = JSON.stringify(paths);
  const statuses = [...new Set(problemCodes.map(statusOf))].filter((status) => referred.includes(`Problem${status}`));
  return Object.fromEntries(statuses.map((status) => [`Problem${status}`, problemResponse(status)]));
}

function problemResponse(status: number): object {
  const codes = problemCodes.filter((code) => statusOf(code) === status);
  const titles = codes.map((code) => `\`${code}\`: ${problemFrom(code, '', '').title}`);
  const headers = {
    'X-Request-Id': { $ref: '#/components/headers/RequestId' },
    ...(status === 401
      ? { 'WWW-Authenticate': { description: 'How to authenticate', schema: { type: 'string' } } }
      : {}),
    ...(status === 429 || status === 503
      ? { 'Retry-After': { description: 'Seconds', schema: { type: 'integer' } } }
      : {}),
  };
  return {
    description: titles.join('. '),
    headers,
    content: { 'application/problem+json': { schema: refOf(problemSchema) } },
  };
}
