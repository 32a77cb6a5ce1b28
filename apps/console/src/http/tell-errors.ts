import type { Log } from '@chat-recall/shared/log';
import type { ErrorRequestHandler } from 'express';
import { languageOf } from './language.ts';
import { localsOf } from './locals.ts';
import { problemOf, Refusal } from './problem.ts';
import { sendProblem } from './send.ts';

/** The last step: whatever was thrown becomes a problem for the client and, if it is ours, a line in the log. */
export function tellErrors(log: Log): ErrorRequestHandler {
  return (error: unknown, request, response, _next) => {
    const { requestId, route } = localsOf(response);
    if (response.destroyed || response.socket?.destroyed === true) {
      log.debug({ requestId, route }, 'the client went away');
      return;
    }
    const problem = problemOf(error, requestId, languageOf(request.headers['accept-language']));
    if (problem.status >= 500)
      log[problem.status === 500 ? 'error' : 'warn']({ err: error, requestId, route }, 'request failed');
    if (response.headersSent) {
      response.destroy();
      return;
    }
    const headers = error instanceof Refusal ? error.headers : {};
    sendProblem(response, problem, headers, request.method !== 'HEAD');
  };
}
