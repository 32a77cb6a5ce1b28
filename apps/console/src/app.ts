import type { Log } from '@chat-recall/shared/log';
import type { Queue } from '@chat-recall/shared/queue';
import express, { type Express } from 'express';
import { routes } from './api/routes.ts';
import { requireIdentity, requireRole } from './http/admission.ts';
import { localsOf } from './http/locals.ts';
import { mountRoutes } from './http/mount.ts';
import { Refusal } from './http/problem.ts';
import { securityHeaders } from './http/security-headers.ts';
import { tellErrors } from './http/tell-errors.ts';
import { tellRequests } from './http/tell-requests.ts';
import { toLogIn } from './http/to-log-in.ts';
import { landing } from './landing.ts';
import { beginLogIn, finishLogIn, type OidcParts } from './oidc/log-in.ts';
import { beginPath, callbackPath } from './oidc/settings.ts';
import { readBuiltUi } from './pages/built-ui.ts';
import { serveUi } from './pages/serve-ui.ts';
import type { ConsoleParts } from './parts.ts';
import { auditBoard, looksOnly } from './queues/audit.ts';
import { boardPath, createBoard } from './queues/board.ts';

/** Everything that the console serves, in the order in which a request meets it. */
export function createApp(parts: ConsoleParts, batches: Queue, oidc: OidcParts | null = null): Express {
  const { log, registry, jobs } = parts;
  const app = express();
  // Exactly the paths of the table, so that a guard on a prefix cannot be gone around.
  app.enable('case sensitive routing').enable('strict routing').disable('x-powered-by').disable('etag');
  app.set('query parser', false);
  // A proxy on this host tells where its requests come from; whoever else says so is not believed.
  app.set('trust proxy', 'loopback');
  app.use(tellRequests(log, registry), securityHeaders);
  const open = new Set(routes.filter(({ role }) => role === 'public').map(({ method, path }) => `${method} ${path}`));
  app.use(
    '/api',
    requireIdentity(parts, 'token', ({ method, baseUrl, path }) =>
      open.has(`${method.toLowerCase()} ${baseUrl}${path}`),
    ),
  );
  app.use(
    boardPath,
    (_request, response, next) => {
      localsOf(response).route = boardPath;
      next();
    },
    // Its pages know nothing of our CSRF token.
    requireIdentity(parts, 'origin'),
    requireRole(({ method }) => (looksOnly(method) ? 'moderator' : 'admin')),
    auditBoard(parts.db),
    createBoard(described(jobs, batches), log),
  );
  app.use(boardPath, toLogIn);
  mountRoutes(app, routes, parts);
  if (oidc !== null) app.get(beginPath, beginLogIn(oidc)).get(callbackPath, finishLogIn(oidc));
  const ui = readBuiltUi();
  if (ui === null) app.all('/', landing);
  else app.use(serveUi(ui));
  app.use(() => {
    throw new Refusal('not_found', 'there is nothing under this path');
  });
  app.use(tellErrors(log satisfies Log));
  return app;
}

function described(jobs: Queue, batches: Queue): { queue: Queue; description: string }[] {
  return [
    {
      queue: jobs,
      description: "Recalls to be planned: producers' jobs and the console's. Retrying one plans it again.",
    },
    {
      queue: batches,
      description: 'One job is one call of up to ten sequences. Retrying a failed one calls what failed again.',
    },
  ];
}
