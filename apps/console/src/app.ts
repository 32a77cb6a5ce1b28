import type { Log } from '@chat-recall/shared/log';
import type { Queue } from '@chat-recall/shared/queue';
import express, { type Express } from 'express';
import { routes } from './api/routes.ts';
import type { VerifyToken } from './auth/authenticate.ts';
import { requireToken } from './http/admission.ts';
import { localsOf } from './http/locals.ts';
import { mountRoutes } from './http/mount.ts';
import { Refusal } from './http/problem.ts';
import { securityHeaders } from './http/security-headers.ts';
import { tellErrors } from './http/tell-errors.ts';
import { tellRequests } from './http/tell-requests.ts';
import { landing } from './landing.ts';
import type { ConsoleParts } from './parts.ts';
import { boardPath, createBoard } from './queues/board.ts';

/** Everything that the console serves, in the order in which a request meets it. */
export function createApp(parts: ConsoleParts, verify: VerifyToken, batches: Queue): Express {
  const { log, registry, jobs } = parts;
  const app = express();
  // Exactly the paths of the table, so that a guard on a prefix cannot be gone around.
  app.enable('case sensitive routing').enable('strict routing').disable('x-powered-by').disable('etag');
  app.set('query parser', false);
  app.use(tellRequests(log, registry), securityHeaders);
  app.use('/api', requireToken(verify, 'viewer', ['bearer']));
  app.use(
    boardPath,
    (_request, response, next) => {
      localsOf(response).route = boardPath;
      next();
    },
    requireToken(verify, 'admin', ['bearer', 'basic']),
    createBoard(described(jobs, batches), log),
  );
  mountRoutes(app, routes, parts);
  app.all('/', landing);
  app.use(() => {
    throw new Refusal('not_found', 'there is nothing under this path');
  });
  app.use(tellErrors(log satisfies Log));
  return app;
}

function described(jobs: Queue, batches: Queue): { queue: Queue; description: string }[] {
  return [
    { queue: jobs, description: "Recalls to be planned: producers' jobs and the console's. Retrying one plans it again." },
    { queue: batches, description: 'One job is one call of up to ten sequences. Retrying a failed one calls what failed again.' },
  ];
}
