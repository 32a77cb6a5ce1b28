import { contradiction } from '../documented.ts';
import type { Refused } from '../console-at-work.ts';
import { urlOf, type Told } from './ask.ts';
import type { Case, Operation } from './cases.ts';
import type { Expected } from './expected.ts';

/** Rules that JSON Schema cannot tell; the document tells them in words. */
const rulesInWords = [
  /^must not contain U\+0000 or half a character$/u,
  /^must not be blank$/u,
  /^must not name the person/u,
  /^must not begin or end with a space$/u,
  /^must not be admin, /u,
  /^must be later than /u,
  /^must be in the future(?:, within \d+ days)?$/u,
  /^must be 0 with verifySenders or refresh/u,
  /^must be the id of a recall$/u,
  /^must be the nextCursor of the page before$/u,
  /^must be a MsgType or other$/u,
  /^must be (?:the app|one of the apps) served here: /u,
  /^must be in the past$/u,
  /^must name a message that the index holds/u,
  /^must name 10000 sequences at most; it names/u,
  /^must be a time such as /u,
  /^holds nothing to search for$/u,
  /^is required with sameText/u,
  /^selects nothing: /u,
];
const ofForm = new Set([
  'unauthenticated',
  'csrf',
  'method_not_allowed',
  'not_acceptable',
  'malformed_request',
  'malformed_body',
  'unsupported_media_type',
  'too_large',
  'headers_too_large',
]);

/** What is wrong with an answer; empty: nothing. */
export function complaints(operation: Operation, asked: Case, expected: Expected, told: Told): string[] {
  const { status, type, text, headers } = told;
  const found: string[] = [];
  if (status >= 500) found.push('it is our fault');
  const isJson = /[/+]json/u.test(type);
  const body: unknown = isJson && text !== '' && asked.method !== 'HEAD' ? JSON.parse(text) : text;
  const against = contradiction(asked.method, urlOf(operation, asked), { status, type, body });
  if (against !== '') found.push(against);
  if (asked.method === 'HEAD') return [...found, ...(text === '' ? [] : ['HEAD has a body'])];
  const problem = status >= 400 && isJson ? (body as Refused) : null;
  if (status >= 400) {
    if (!type.startsWith('application/problem+json')) found.push('a refusal is no problem+json');
    if (problem?.status !== status) found.push('the problem has another status');
    if (problem?.requestId !== headers['x-request-id']) found.push('the problem has another request id');
    if (problem?.code === 'invalid_request' && problem.errors.length === 0) found.push('no field is named');
  }
  if (expected.kind === 'refused') {
    if (problem?.code !== expected.code) found.push(`it should have been refused as ${expected.code}`);
    else found.push(...unnamed(problem, expected.places));
  }
  if (expected.kind === 'well formed' && problem !== null) {
    // Of a log-in it says that the token is not known.
    const isForm = ofForm.has(problem.code) && (operation.guarded || problem.code !== 'unauthenticated');
    if (isForm) found.push('the document allows this');
    for (const { path, message } of problem.code === 'invalid_request' ? problem.errors : []) {
      if (!rulesInWords.some((rule) => rule.test(message))) found.push(`the document allows what ${path} holds`);
    }
  }
  return found;
}

/** Of each group of places at least one must be named, or what holds it, or what it holds. */
function unnamed({ errors }: Refused, places: readonly (readonly string[])[]): string[] {
  return places
    .filter((group) => group.length > 0 && !group.some((place) => errors.some(({ path }) => isAbout(path, place))))
    .map((group) => `no fault names ${group.slice(0, 5).join(' or ').slice(0, 200)}`);
}

function isAbout(path: string, place: string): boolean {
  const shortened = place.length > 200 ? `${place.slice(0, 200)}…` : place;
  return path === shortened || path.startsWith(`${place}[`) || path.startsWith(`${place}.`) || path === '';
}
