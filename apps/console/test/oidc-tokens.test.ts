import { createHmac, createPublicKey, generateKeyPairSync, sign, type KeyObject } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { startAtWork, type AtWork } from './console-at-work.ts';
import { clientId, clientSecret, startProvider, Traveller, type ProviderAtWork } from './oidc-at-work.ts';
import { auditOf } from './signed-in.ts';

type Claims = Readonly<Record<string, unknown>>;
type Sign = (signed: string) => Buffer;

/** What is made of an ID token of the provider, which is right but for it. */
interface Forgery {
  readonly header?: Claims;
  /** Over the claims; undefined takes one away. */
  readonly claims?: (was: Claims) => Claims;
  /** Instead of with the provider's key. */
  readonly sign?: Sign;
}

let provider: ProviderAtWork;
let at: AtWork;
let later = 0;
let forgery: Forgery = {};
/** The ID token that was handed out last. */
let handedOut = '';

beforeAll(async () => {
  provider = await startProvider(forged);
  at = await startAtWork(provider.environment, { now: () => Date.now() + later });
});
beforeEach(() => {
  // Failures of the test before are forgotten.
  later += 61_000;
});
afterAll(async () => {
  await at.stop();
  await provider.close();
});

function forged(made: string): string {
  const [header, claims] = made.split('.', 2).map((part) => JSON.parse(Buffer.from(part, 'base64url').toString())) as [
    Claims,
    Claims,
  ];
  const written = [
    { ...header, ...forgery.header },
    { ...claims, ...forgery.claims?.(claims) },
  ];
  const signed = written.map((part) => Buffer.from(JSON.stringify(part)).toString('base64url')).join('.');
  handedOut = `${signed}.${(forgery.sign ?? by(provider.key))(signed).toString('base64url')}`;
  return handedOut;
}

const by =
  (key: KeyObject): Sign =>
  (signed) =>
    sign('RSA-SHA256', Buffer.from(signed), key);
const attackers = generateKeyPairSync('rsa', { modulusLength: 2_048 });
const seconds = (): number => Math.floor(Date.now() / 1_000);

async function logInWith(change: Forgery): Promise<{ location: string | null; session: string | undefined }> {
  forgery = change;
  const traveller = new Traveller();
  const { location } = await traveller.logIn(at.url, 'mira');
  return { location, session: traveller.jar.get(at.url)?.get('chat_recall_session') };
}

test.each<[string, Forgery]>([
  ['as the provider made it', {}],
  ['for this client among others, and made out to it', { claims: () => ({ aud: [clientId, 'more'], azp: clientId }) }],
])('an ID token %s is taken', async (_what, change) => {
  expect(await logInWith(change)).toEqual({ location: `${at.url}/`, session: expect.stringMatching(/^[\w-]{43}$/u) });
});

test.each<[string, Forgery]>([
  ['for another client', { claims: () => ({ aud: 'another-client' }) }],
  ['for other clients', { claims: () => ({ aud: ['another-client', 'and-another'] }) }],
  ['for nobody', { claims: () => ({ aud: undefined }) }],
  ['made out to another client', { claims: () => ({ aud: [clientId, 'more'], azp: 'more' }) }],
  ['of another issuer', { claims: () => ({ iss: 'https://elsewhere.example' }) }],
  ['that has expired', { claims: () => ({ iat: seconds() - 7_200, exp: seconds() - 3_600 }) }],
  ['without an end', { claims: () => ({ exp: undefined }) }],
  ['that is not yet good', { claims: () => ({ nbf: seconds() + 3_600 }) }],
  ['of another log-in', { claims: () => ({ nonce: 'A'.repeat(43) }) }],
  [
    'that is none, but a token of a log-out',
    {
      header: { typ: 'logout+jwt' },
      claims: () => ({ nonce: undefined, events: { 'http://schemas.openid.net/event/backchannel-logout': {} } }),
    },
  ],
  ['of nobody', { claims: () => ({ sub: undefined }) }],
  ['signed with another key under the same name', { sign: by(attackers.privateKey) }],
  [
    'signed with a key that it brings along',
    {
      header: {
        kid: 'mine',
        jwk: attackers.publicKey.export({ format: 'jwk' }),
        jku: 'https://elsewhere.example/jwks',
      },
      sign: by(attackers.privateKey),
    },
  ],
  ['changed after it was signed', { sign: () => Buffer.alloc(256) }],
  ['without a signature', { header: { alg: 'none' }, sign: () => Buffer.alloc(0) }],
  [
    'signed with the secret of the client',
    { header: { alg: 'HS256' }, sign: (signed) => createHmac('sha256', clientSecret).update(signed).digest() },
  ],
  [
    'signed with the public key as a secret',
    {
      header: { alg: 'HS256' },
      sign: (signed) =>
        createHmac('sha256', createPublicKey(provider.key).export({ format: 'pem', type: 'spki' }))
          .update(signed)
          .digest(),
    },
  ],
  ['with rules that nobody here knows', { header: { crit: ['more'], more: 1 } }],
])('an ID token %s is refused', async (_what, change) => {
  expect(await logInWith(change)).toEqual({ location: `${at.url}/?logIn=provider`, session: undefined });
  expect((await auditOf(at)).at(-1)).toMatchObject({ action: 'session.refused', details: { cause: 'provider' } });
});

test('what the provider hands out goes neither to the browser nor into the database nor into the log', async () => {
  forgery = {};
  const traveller = new Traveller();
  const { response } = await traveller.logIn(at.url, 'mira');
  const { rows } = await at.pool.query<{ all: string }>(
    "select (select string_agg(s::text, ' ') from sessions s) || (select string_agg(a::text, ' ') from audit a) as all",
  );
  const kept = [[...response.headers].join(), await response.text(), String(rows[0]?.all), at.log.join('')];
  expect(kept[2]).toContain('mira@example.com');
  for (const part of handedOut.split('.')) {
    expect(part.length).toBeGreaterThan(30);
    for (const where of kept) expect(where).not.toContain(part);
  }
});
