import express, { type Express } from 'express';
import { readiness, type Check, type Readiness } from '@chat-recall/shared/metrics';

/** How long an answer of `/readyz` is used again, ms: the port is public, and the checks ask the database. */
const readinessKeptMs = 500;

/** Everything on the public port but the callback path: `/healthz`, `/readyz`, and 404 in JSON. */
export function createHealthApp(checks: Readonly<Record<string, Check>>): Express {
  let asked: { at: number; answer: Promise<Readiness> } | undefined;
  function ask(): Promise<Readiness> {
    const now = performance.now();
    if (asked === undefined || now - asked.at > readinessKeptMs) asked = { at: now, answer: readiness(checks) };
    return asked.answer;
  }
  const app = express();
  app.disable('x-powered-by');
  app.disable('etag');
  app.get('/healthz', (_request, response) => {
    response.set('cache-control', 'no-store').json({ alive: true });
  });
  app.get('/readyz', async (_request, response) => {
    const state = await ask();
    response
      .status(state.ready ? 200 : 503)
      .set('cache-control', 'no-store')
      .json(state);
  });
  app.use((_request, response) => {
    response.status(404).json({ error: 'not found' });
  });
  return app;
}
