import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import type { Role } from '@chat-recall/shared/access';
import { routes } from '../src/api/routes.ts';
import { startAtWork, token, type AtWork, type Refused } from './console-at-work.ts';
import { logIn, tokenFor, type SignedIn } from './signed-in.ts';

const everybody: readonly Role[] = ['viewer', 'moderator', 'approver', 'admin'];
const readers: readonly Role[] = ['moderator', 'approver', 'admin'];
const moderators: readonly Role[] = ['moderator', 'admin'];
const approvers: readonly Role[] = ['approver', 'admin'];
const admins: readonly Role[] = ['admin'];

/** Who may what, written down a second time: a change of the table must be meant. */
const allowed: Readonly<Record<string, readonly Role[]>> = {
  createRecall: moderators,
  listRecalls: everybody,
  getRecall: everybody,
  getPlan: everybody,
  listOutcomes: everybody,
  listRecallErrors: everybody,
  watchRecall: everybody,
  listEvidence: readers,
  listFindings: readers,
  verifyRecall: moderators,
  listCoverage: everybody,
  executeRecall: moderators,
  approveRecall: approvers,
  pauseRecall: moderators,
  resumeRecall: moderators,
  cancelRecall: moderators,
  retryRecall: moderators,
  stopFollowing: moderators,
  createRule: moderators,
  listRules: everybody,
  getRule: everybody,
  cancelRule: moderators,
  searchMessages: everybody,
  registerMessages: moderators,
  getSender: everybody,
  readHealth: everybody,
  createBackfill: admins,
  listBackfills: everybody,
  getBackfill: everybody,
  pauseBackfill: admins,
  resumeBackfill: admins,
  cancelBackfill: admins,
  listDeliveries: everybody,
  listProtectedSenders: everybody,
  protectSender: admins,
  unprotectSender: admins,
  listProtectedMessages: everybody,
  protectMessage: admins,
  unprotectMessage: admins,
  listTokens: admins,
  createToken: admins,
  revokeToken: admins,
  listAudit: approvers,
  verifyAudit: approvers,
  createErasure: admins,
  listErasures: admins,
  getErasure: admins,
  getSession: everybody,
  logOut: everybody,
  listSessions: admins,
  endSessions: admins,
  getOpenApi: everybody,
};
const guarded = routes.filter(({ role }) => role !== 'public');

let at: AtWork;
let clock = Date.now();
const secrets = new Map<Role, string>();
const sessions = new Map<Role, SignedIn>();
/** Tokens and sessions that were good once. */
let gone: { readonly how: string; readonly bearer: string; readonly session: SignedIn }[] = [];
let asked = 0;

beforeAll(async () => {
  at = await startAtWork({}, { now: () => clock });
  for (const role of everybody) secrets.set(role, (await tokenFor(at, role)).secret);
});
afterAll(() => at.stop());
beforeEach(async () => {
  gone = [];
  for (const how of ['revoked', 'expired']) {
    const made = await tokenFor(
      at,
      'admin',
      how === 'expired' ? { expiresAt: new Date(clock + 60_000).toISOString() } : {},
    );
    gone.push({ how, bearer: made.secret, session: await logIn(at, made.secret) });
    if (how === 'revoked') await at.post(`/api/v1/tokens/${made.id}/revoke`);
  }
  // One has expired then, and the refusals of the test before are forgotten.
  clock += 61_000;
});

async function sessionOf(role: Role): Promise<SignedIn> {
  const session = sessions.get(role) ?? (await logIn(at, String(secrets.get(role))));
  sessions.set(role, session);
  return session;
}

test('the table of this test names every guarded route', () => {
  expect(guarded.map(({ id }) => id).sort()).toEqual(Object.keys(allowed).sort());
});

test.each(guarded.map(({ method, path, id }) => [id, method.toUpperCase(), path] as const))(
  '%s is for whom the table says, and for nobody else',
  async (id, method, path) => {
    const ask = async (headers: Readonly<Record<string, string>>): Promise<{ status: number; code: string }> => {
      const { status, body } = await at.ask<Refused | string>(
        method,
        path.replace('{id}', '019ae6b2-7d3e-7c41-9a55-0a4f1c2d3e4f'),
        {
          bare: true,
          // Of one address, a few refusals a minute are told as such.
          headers: { 'x-forwarded-for': `203.0.113.${(asked += 1) % 200}`, ...headers },
          ...(method === 'POST' ? { body: {} } : {}),
        },
      );
      return { status, code: typeof body === 'object' ? body.code : '' };
    };
    const refused = { status: 401, code: 'unauthenticated' };
    expect(await ask({})).toEqual(refused);
    for (const wrong of [
      '',
      'Bearer',
      `Bearer crt_${'A'.repeat(43)}`,
      `Bearer ${token}x`,
      `Basic ${btoa(`admin:${token}`)}`,
    ]) {
      expect([wrong, await ask({ authorization: wrong })]).toEqual([wrong, refused]);
    }
    for (const wrong of [
      'chat_recall_session=',
      'chat_recall_session=nonsense',
      `chat_recall_session=${token}`,
      `x=${token}`,
    ]) {
      expect([wrong, await ask({ cookie: wrong })]).toEqual([wrong, refused]);
    }
    for (const { how, bearer, session } of gone) {
      expect([how, await ask({ authorization: `Bearer ${bearer}` })]).toEqual([how, refused]);
      expect([how, await ask(session.acting)]).toEqual([how, refused]);
    }
    for (const role of everybody) {
      const may = allowed[id]?.includes(role) === true;
      const judged = ({ status, code }: { status: number; code: string }): string =>
        status === 401 || status === 403 ? code : status >= 500 ? `${status} ${code}` : 'let in';
      const expected = may ? 'let in' : 'forbidden';
      expect([role, judged(await ask({ authorization: `Bearer ${String(secrets.get(role))}` }))]).toEqual([
        role,
        expected,
      ]);
      const session = await sessionOf(role);
      const changes = method !== 'GET';
      expect([role, judged(await ask(session.looking))]).toEqual([role, changes ? 'csrf' : expected]);
      expect([role, judged(await ask({ ...session.looking, 'x-csrf-token': `${session.csrfToken}x` }))]).toEqual([
        role,
        changes ? 'csrf' : expected,
      ]);
      // A wrong token is not made good by a cookie.
      expect(await ask({ ...session.acting, authorization: 'Bearer wrong' })).toEqual(refused);
      expect([role, judged(await ask(session.acting))]).toEqual([role, expected]);
      if (id === 'logOut') sessions.delete(role);
    }
  },
);
