import { Agent } from 'node:http';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { messageOf } from '@chat-recall/shared/errors';
import type { Recall } from '@chat-recall/shared/recalls';
import fc from 'fast-check';
import { startAtWork, token, type AtWork } from './console-at-work.ts';
import { logIn, tokenFor, type SignedIn } from './signed-in.ts';
import { ask, urlOf, type Told } from './fuzz/ask.ts';
import { casesOf, operations, type Case, type Identity, type Operation } from './fuzz/cases.ts';
import { expectedOf } from './fuzz/expected.ts';
import { complaints } from './fuzz/judge.ts';
import { noon } from './fuzz/schemas.ts';

/**
 * Requests made from the OpenAPI document, right ones and such with something wrong, to a console at
 * work. The same seed makes the same requests; a failure tells it.
 */
const seed = 23;
const casesOfAnOperation = 300;
/** Bodies have more to them. */
const casesWithBody = 300;

let at: AtWork;
let clock = noon;
let sent = 0;
let session: SignedIn | null = null;
const agent = new Agent({ keepAlive: true, maxSockets: 4 });
const bearers = new Map<Identity, string>();
/** Texts and ids that lead to something. */
const words = [
  'spammer',
  'a',
  '@TGS#one',
  '@TGS#two',
  'topic',
  '加微信',
  'hello',
  'TIMTextElem',
  'other',
  'x',
  'zh-CN',
  'fr',
];

beforeAll(async () => {
  at = await startAtWork({ RECALL_APPROVAL_ABOVE: '5' }, { now: () => clock });
  await at.say(
    Array.from({ length: 60 }, (_, n) => ({
      msgSeq: n + 1,
      sender: n % 3 === 0 ? 'a' : 'spammer',
      text: n % 2 === 0 ? '加微信 hello' : `%_\\ ${n}`,
      groupId: n % 4 === 0 ? '@TGS#two' : '@TGS#one',
      ...(n % 8 === 0 ? { topicId: 'topic' } : {}),
      msgTime: noon - n * 60_000,
    })),
  );
  const selector = { senders: ['spammer'] };
  const recalls: Recall[] = [];
  for (const mode of ['plan', 'plan', 'plan', 'execute', 'execute']) {
    recalls.push(await at.planned({ selector, reason: 'r', mode, priority: 'bulk' }));
  }
  const [, cancelled, , paused] = recalls;
  await at.post(`/api/v1/recalls/${cancelled?.id}/cancel`);
  await at.post(`/api/v1/recalls/${paused?.id}/pause`);
  await at.post('/api/v1/recalls', { selector, reason: 'still to be planned' });
  for (const role of ['viewer', 'moderator', 'approver'] as const) {
    const made = await tokenFor(at, role);
    bearers.set(role, made.secret);
    if (role === 'moderator')
      await at.ask('POST', '/api/v1/recalls', { body: { selector, reason: 'r' }, headers: made.bearer });
  }
  const spare = await tokenFor(at, 'viewer');
  words.push(...recalls.map(({ id }) => id), spare.id);
});
afterAll(async () => {
  agent.destroy();
  await at.stop();
});

/** A credential, and an address of its own: what is throttled has tests of its own. */
async function headersOf(as: Identity): Promise<Record<string, string>> {
  clock += 1_000;
  sent += 1;
  const from = { 'x-forwarded-for': `203.0.113.${sent % 250}` };
  switch (as) {
    case 'none':
      return from;
    case 'wrong':
      return { ...from, authorization: `Bearer crt_${String(sent).padStart(43, '0')}` };
    case 'session':
      session ??= await logIn(at, token);
      return { ...from, ...session.acting };
    case 'no proof':
      session ??= await logIn(at, token);
      return { ...from, ...session.looking };
    default:
      return { ...from, authorization: `Bearer ${bearers.get(as) ?? token}` };
  }
}

function describe(operation: Operation, asked: Case): string {
  const { body } = asked;
  const sentBody = body.kind === 'none' ? '' : body.kind === 'json' ? JSON.stringify(body.value) : String(body.bytes);
  return `${asked.method} ${urlOf(operation, asked)} as ${asked.as} ${JSON.stringify(asked.headers)} ${body.kind === 'none' ? '' : body.type}\n${sentBody.slice(0, 1_000)}`;
}

function inShort({ status, text }: Told): string {
  return `was answered ${status} ${text.slice(0, 500)}`;
}

test.each(operations.map((operation) => [operation.id, operation] as const))('%s', async (_id, operation) => {
  const cases = casesOf(operation, words);
  const numRuns = operation.body === null ? casesOfAnOperation : casesWithBody;
  const walked = await fc.check(
    fc.asyncProperty(cases, async (asked) => {
      const told = await ask(at.url, agent, operation, asked, await headersOf(asked.as));
      if (operation.id === 'logOut' && told.status === 204) session = null;
      const found = complaints(operation, asked, expectedOf(operation, operations, asked), told);
      if (found.length > 0) throw new Error([describe(operation, asked), inShort(told), ...found].join('\n'));
    }),
    { seed, numRuns, endOnFailure: true },
  );
  const { failed, counterexamplePath, errorInstance } = walked;
  if (failed) throw new Error(`seed ${seed}, case ${counterexamplePath}: ${messageOf(errorInstance)}`);
});

test('none of it was our fault, and the audit is whole', async () => {
  expect(sent).toBeGreaterThan(2_000);
  expect(at.log.filter((line) => line.includes('"level":50'))).toEqual([]);
  expect((await at.post<{ firstBroken: number | null }>('/api/v1/audit/verify')).body.firstBroken).toBeNull();
  expect(at.log.join('')).not.toMatch(/加微信|crt_/u);
});
