import { appendAudit } from '@chat-recall/shared/audit';
import type { Db } from '@chat-recall/shared/db';
import type { RequestHandler } from 'express';
import { actorOf } from '../auth/roles.ts';
import { admitted } from '../http/admission.ts';
import { localsOf } from '../http/locals.ts';

/** Whether a request to the queue UI changes nothing. */
export function looksOnly(method: string): boolean {
  return method === 'GET' || method === 'HEAD' || method === 'OPTIONS';
}

/**
 * Writes what somebody does in the queue UI into the audit, before it is done: the queue may be on
 * Redis, so the two cannot stand or fall together, and of the two a row too many is the better one.
 */
export function auditBoard(db: Db): RequestHandler {
  return async (request, response, next) => {
    if (!looksOnly(request.method)) {
      const principal = admitted(localsOf(response).principal, 'admin');
      await appendAudit(db, { ...actorOf(principal), via: 'queue-ui' }, deedOf(request.method, request.path));
    }
    next();
  };
}

/** Actions on a queue as a whole, which stand where a job's id stands else. */
const onQueues = new Set([
  'add',
  'retry',
  'promote',
  'clean',
  'pause',
  'resume',
  'concurrency',
  'rate-limit',
  'empty',
  'obliterate',
]);

/** What a request to bull-board does, by its path (@bull-board/api, routes.ts). Whatever it is, it is written. */
export function deedOf(method: string, path: string): { action: string; details: Record<string, string> } {
  const [, api = '', area = '', ...rest] = path.split('/').map(decoded);
  if (api !== 'api' || area !== 'queues') return deed(rest.at(-1) ?? area, { method, path });
  const [first = '', second, third, fourth] = rest;
  // All queues at once.
  if (second === undefined) return deed(first, {});
  const queue = first;
  if (second === 'job-schedulers') return deed(`scheduler-${fourth ?? 'update'}`, { queue, scheduler: third ?? '' });
  if (onQueues.has(second)) {
    return second === 'rate-limit' && third !== undefined
      ? deed(`rate-limit-${third}`, { queue })
      : deed(second, { queue, ...(third === undefined ? {} : { status: third }) });
  }
  return deed(third === 'clean' ? 'remove' : (third ?? 'change'), { queue, jobId: second });
}

function deed(action: string, details: Record<string, string>): { action: string; details: Record<string, string> } {
  const shortened = Object.entries(details).map(([name, text]) => [name, text.slice(0, 200)]);
  return {
    action: `queue.${
      action
        .toLowerCase()
        .replaceAll(/[^a-z-]/gu, '')
        .slice(0, 40) || 'change'
    }`,
    details: Object.fromEntries(shortened) as Record<string, string>,
  };
}

/** What the database can hold of a part of a path. */
function decoded(part: string): string {
  try {
    return decodeURIComponent(part).replaceAll('\0', '').toWellFormed();
  } catch {
    return part;
  }
}
