import type { IncomingHttpHeaders } from 'node:http';
import { RecallError } from '@chat-recall/shared/errors';
import { cookieOf } from '../auth/cookies.ts';
import type { ConsoleParts, ServedApp } from '../parts.ts';

/** Names the app that a request is about, where several are served. */
export const appHeader = 'sdk-app-id';
/** The same from pages, whose links and event streams send no headers of their own. */
export const appCookie = 'chat_recall_app';

/**
 * The parts for the app that a request asks for, the first one where it asks for none. A cookie of an app
 * that is not served any more counts as none.
 *
 * @throws RecallError `invalid_request` for a header with an app that is not served
 */
export function partsOfAsked(parts: ConsoleParts, headers: IncomingHttpHeaders): ConsoleParts {
  const named = headers[appHeader];
  if (named !== undefined) {
    const app = parts.apps.find(({ sdkAppId }) => String(sdkAppId) === named);
    if (app === undefined) refuse('Sdk-App-Id', parts.apps);
    return partsFor(parts, app);
  }
  const cookie = cookieOf(headers.cookie, appCookie);
  const app = parts.apps.find(({ sdkAppId }) => String(sdkAppId) === cookie);
  return app === undefined ? parts : partsFor(parts, app);
}

/**
 * The parts for the app that a selector names; without one, those of the request.
 *
 * @throws RecallError `invalid_request` for an app that is not served
 */
export function partsOfSelector(
  parts: ConsoleParts,
  { sdkAppId: named }: { readonly sdkAppId?: number | undefined },
): ConsoleParts {
  if (named === undefined) return parts;
  const app = parts.apps.find(({ sdkAppId }) => sdkAppId === named);
  if (app === undefined) refuse('selector.sdkAppId', parts.apps);
  return partsFor(parts, app);
}

function partsFor(parts: ConsoleParts, { sdkAppId, callsPerSecond, roamingDays }: ServedApp): ConsoleParts {
  return { ...parts, appId: sdkAppId, callsPerSecond, roamingDays };
}

function refuse(path: string, apps: readonly ServedApp[]): never {
  const ids = apps.map(({ sdkAppId }) => sdkAppId).join(', ');
  const message = `must be ${apps.length === 1 ? 'the app' : 'one of the apps'} served here: ${ids}`;
  throw new RecallError('invalid_request', `${path} ${message}`, [{ path, message }]);
}
