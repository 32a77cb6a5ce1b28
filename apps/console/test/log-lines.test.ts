import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { startAtWork, type AtWork } from './console-at-work.ts';
import { startProvider, Traveller, type ProviderAtWork } from './oidc-at-work.ts';
import { tokenFor } from './signed-in.ts';

/** Would be a line of its own, colour a terminal, and be filled in by a format. */
const hostile = 'x\r\n{"level":50,"msg":"forged"}\n\x1b[2J\x1b[31m\u2028 %s %d %j %o %%';

let provider: ProviderAtWork;
let at: AtWork;
beforeAll(async () => {
  provider = await startProvider();
  at = await startAtWork(provider.environment);
});
afterAll(async () => {
  await at.stop();
  await provider.close();
});

/** What it has logged, each line by itself: one JSON object without a sign that a terminal obeys. */
function entries(): Record<string, unknown>[] {
  return at.log.map((line) => {
    expect(line).toMatch(/^\{[^\p{Cc}]*\}\n$/u);
    const entry = JSON.parse(line) as Record<string, unknown>;
    expect(entry).toMatchObject({ process: 'console', time: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/u) });
    return entry;
  });
}

test('whatever people call themselves, a request stays one line, with the name as it is', async () => {
  const { name, bearer } = await tokenFor(at, 'viewer', { name: hostile, person: hostile });
  expect(name).toBe(hostile);
  expect((await at.ask('GET', '/api/v1/recalls', { bare: true, headers: bearer })).status).toBe(200);
  expect(entries().filter(({ by }) => by === hostile)).toEqual([
    expect.objectContaining({ msg: 'request', route: '/api/v1/recalls', status: 200 }),
  ]);
});

test('nor do paths, queries, headers, bodies and messages of the provider make lines or fill in formats', async () => {
  const escaped = encodeURIComponent(hostile);
  const before = at.log.length;
  for (const path of [
    `/${escaped}`,
    `/api/v1/${escaped}`,
    `/api/v1/recalls/${escaped}`,
    `/api/v1/messages?keyword=${escaped}&${escaped}=1`,
    `/log-in/oidc?to=/${escaped}`,
    `/log-in/oidc/callback?error=${escaped}&error_description=${escaped}&iss=${escaped}&state=${escaped}`,
  ])
    await fetch(at.url + path, {
      redirect: 'manual',
      headers: { accept: '%s%d%j', 'user-agent': '%s%d%j', 'x-forwarded-for': '%s', authorization: 'Bearer %s%j' },
    });
  for (const body of [{ selector: { senders: [hostile] }, reason: hostile }, { [hostile]: hostile }, hostile])
    await at.post('/api/v1/recalls', body);
  const traveller = new Traveller();
  const callback = new URL(await traveller.toCallback(`${at.url}/log-in/oidc`, 'mira'));
  callback.searchParams.set('code', hostile);
  callback.searchParams.set('iss', hostile);
  expect((await traveller.step(callback.href)).location).toBe(`${at.url}/?logIn=provider`);
  const told = entries().slice(before);
  expect(told.length).toBeGreaterThan(10);
  expect(told.filter(({ msg }) => msg === 'forged')).toEqual([]);
  // The words of a line are ours: nothing of the above stands in them, and no format was filled in.
  expect([...new Set(told.map(({ msg }) => msg))].sort()).toEqual([
    'request',
    'what the provider of identities answered was not accepted',
  ]);
});
