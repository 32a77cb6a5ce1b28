import type { ErrorRequestHandler } from 'express';
import { Refusal } from './problem.ts';

/** Sends a person who opens a page without a session to where one logs in; programs get the refusal. */
export const toLogIn: ErrorRequestHandler = (error: unknown, request, response, next) => {
  const opensPage =
    request.method === 'GET' &&
    request.headers.accept?.includes('text/html') === true &&
    // A frame has its page around it, which sees that the session is over.
    request.headers['sec-fetch-dest'] !== 'iframe';
  if (!opensPage || !(error instanceof Refusal) || error.code !== 'unauthenticated') return next(error);
  response.writeHead(303, { location: '/' }).end();
};
