import type { Express, Request, Response } from 'express';
import type { ConsoleParts } from '../parts.ts';
import { cameSecurely, sessionSecretIn } from '../auth/cookies.ts';
import { anonymous } from '../auth/roles.ts';
import { negotiate } from './accept.ts';
import { addressOf, admitted } from './admission.ts';
import { partsOfAsked } from './asked-app.ts';
import { localsOf } from './locals.ts';
import { parseRequest } from './parse-request.ts';
import { Refusal } from './problem.ts';
import { readBody } from './read-body.ts';
import type { Route } from './route.ts';
import { send } from './send.ts';

/** Mounts the table: each path answers to the methods it has, and names them when asked for another. */
export function mountRoutes(app: Express, routes: readonly Route[], parts: ConsoleParts): void {
  for (const path of new Set(routes.map((route) => route.path))) {
    const there = routes.filter((route) => route.path === path);
    app.all(path.replaceAll(/\{(\w+)\}/gu, ':$1'), async (request, response) => {
      localsOf(response).route = path;
      await serve(routeFor(request.method, there), request, response, parts);
    });
  }
}

function routeFor(method: string, there: readonly Route[]): Route {
  const wanted = method === 'HEAD' ? 'get' : method.toLowerCase();
  const found = there.find((route) => route.method === wanted);
  if (found !== undefined) return found;
  const allow = there
    .flatMap((route) => (route.method === 'get' ? ['GET', 'HEAD'] : [route.method.toUpperCase()]))
    .join(', ');
  throw new Refusal('method_not_allowed', `this path answers to ${allow}`, { allow });
}

async function serve(route: Route, request: Request, response: Response, parts: ConsoleParts): Promise<void> {
  const locals = localsOf(response);
  const principal =
    route.role === 'public' ? { ...anonymous, address: addressOf(request) } : admitted(locals.principal, route.role);
  const mediaType = acceptable(route, request.headers.accept);
  const body = route.body === undefined ? undefined : await readBody(request, response);
  if (route.body?.safeParse(undefined).success === false && body === undefined) {
    throw new Refusal('malformed_body', 'the body is empty; it must be JSON');
  }
  const query = request.url.indexOf('?');
  const parsed = parseRequest(route, {
    params: request.params,
    query: query === -1 ? '' : request.url.slice(query + 1),
    headers: request.headers,
    body,
  });
  const asked = {
    ...parsed,
    principal,
    mediaType,
    session: locals.session ?? null,
    formerSession: async () => {
      const secret = sessionSecretIn(request.headers);
      return secret === null ? null : parts.identities.bySession(secret, 'page');
    },
    stillKnown: locals.stillKnown ?? (async () => true),
    secure: cameSecurely(request.headers),
  };
  const served = route.role === 'public' ? parts : partsOfAsked(parts, request.headers);
  await send(response, await route.handle(asked, served), request.method !== 'HEAD');
}

function acceptable(route: Route, accept: string | undefined): string {
  const offered = mediaTypesOf(route);
  if (offered.length === 0) return '';
  const mediaType = negotiate(accept, offered);
  if (mediaType === null) throw new Refusal('not_acceptable', `this is served as ${offered.join(', ')}`);
  return mediaType;
}

/** What a route's success is served as. */
export function mediaTypesOf(route: Route): readonly string[] {
  const success = Object.entries(route.responses).find(([status]) => status.startsWith('2'));
  return Object.keys(success?.[1].content ?? {});
}
