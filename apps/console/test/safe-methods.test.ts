import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { routes } from '../src/api/routes.ts';
import { startAtWork, token, type AtWork } from './console-at-work.ts';
import { startProvider, Traveller, type ProviderAtWork } from './oidc-at-work.ts';
import { logIn } from './signed-in.ts';

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

/** Every row of every table but the audit, which also tells what was read. */
async function everything(): Promise<Record<string, string[]>> {
  const { rows: tables } = await at.pool.query<{ name: string }>(
    `select table_name as name from information_schema.tables
      where table_schema = 'public' and table_type = 'BASE TABLE' and table_name not like 'audit%' order by 1`,
  );
  const found: Record<string, string[]> = {};
  for (const { name } of tables) {
    const { rows } = await at.pool.query<{ row: string }>(`select t::text as row from "${name}" t order by 1`);
    found[name] = rows.map(({ row }) => row);
  }
  return found;
}

test('no GET and no HEAD changes anything', async () => {
  await at.say([{ msgSeq: 1 }]);
  const { id } = await at.planned({ selector: { senders: ['spammer'] }, reason: 'r', mode: 'plan' });
  const { cookie } = await logIn(at, token);
  const before = await everything();
  expect(before['recalls']).toHaveLength(1);
  expect(before['sessions']).toHaveLength(1);
  for (const { path, id: operation } of routes.filter(({ method }) => method === 'get')) {
    for (const method of ['GET', 'HEAD']) {
      const response = await fetch(at.url + path.replace('{id}', id), { method, headers: { cookie } });
      await response.body?.cancel();
      expect([operation, response.status < 500]).toEqual([operation, true]);
    }
  }
  expect(await everything()).toEqual(before);
});

test('a log-in at the provider ends the session that the browser had when it has succeeded, not when it begins', async () => {
  const { cookie } = await logIn(at, token);
  const [name = '', secret = ''] = cookie.split('=', 2);
  const begin = `${at.url}/log-in/oidc`;
  const status = async (): Promise<number> =>
    (await at.ask('GET', '/api/v1/session', { bare: true, headers: { cookie } })).status;
  /** To the provider and back: what another site sends here comes without the session, whose cookie is `Strict`. */
  async function travel(
    who: string,
  ): Promise<{ traveller: Traveller; callback: string; cookies: Map<string, string> }> {
    const traveller = new Traveller();
    const cookies = new Map([[name, secret]]);
    traveller.jar.set(at.url, cookies);
    const callback = await traveller.toCallback(begin, who);
    expect(cookies.get(name)).toBe(secret);
    cookies.delete(name);
    return { traveller, callback, cookies };
  }
  expect(await status()).toBe(200);
  const before = await everything();

  const quitter = await travel('');
  expect(await everything()).toEqual(before);
  expect((await quitter.traveller.step(quitter.callback)).location).toBe(`${at.url}/?logIn=denied`);
  expect(await everything()).toEqual(before);

  const meddler = await travel('mira');
  const attempt = String(meddler.cookies.get('chat_recall_log_in')).split('.');
  meddler.cookies.set('chat_recall_log_in', attempt.with(2, 'A'.repeat(43)).join('.'));
  expect((await meddler.traveller.step(meddler.callback)).location).toBe(`${at.url}/?logIn=expired`);
  expect(await status()).toBe(200);

  const mira = await travel('mira');
  expect(await status()).toBe(200);
  expect((await mira.traveller.step(mira.callback)).location).toBe(`${at.url}/`);
  expect(await status()).toBe(401);
});
