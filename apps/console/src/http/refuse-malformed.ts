import { randomUUID } from 'node:crypto';
import type { Server } from 'node:http';
import { codeOf } from '@chat-recall/shared/errors';
import type { Log } from '@chat-recall/shared/log';
import { problemFrom, type Problem } from './problem.ts';

/** What Node's parser refuses never becomes a request; it is told in the same form all the same. */
export function refuseMalformed(server: Server, log: Log): void {
  server.on('clientError', (error, socket) => {
    if (!socket.writable || codeOf(error) === 'ECONNRESET') {
      socket.destroy();
      return;
    }
    const problem = describe(codeOf(error), randomUUID());
    log.debug({ requestId: problem.requestId, code: codeOf(error) }, 'not a request');
    const body = JSON.stringify(problem);
    socket.end(
      `HTTP/1.1 ${problem.status} ${problem.title}\r\nConnection: close\r\nCache-Control: no-store\r\n` +
        `Content-Type: application/problem+json; charset=utf-8\r\nContent-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
    );
  });
}

function describe(code: string | undefined, requestId: string): Problem {
  switch (code) {
    case 'HPE_HEADER_OVERFLOW':
      return problemFrom('headers_too_large', 'path and headers must have 16 KB at most', requestId);
    case 'ERR_HTTP_REQUEST_TIMEOUT':
      return problemFrom('request_timeout', 'the request did not come to its end in time', requestId);
    default:
      return problemFrom('malformed_request', 'this is not HTTP/1.1', requestId);
  }
}
