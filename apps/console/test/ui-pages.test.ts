import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { describeInBrowser } from '@chat-recall/testkit';
import type { Page } from 'playwright-core';
import { tokenFor } from './signed-in.ts';
import { seriousFaults, startUi, type UiAtWork } from './ui-at-work.ts';

const hostile = [
  '<script>alert(1)</script>',
  '<img src=x onerror=alert(1)>',
  '"><svg onload=alert(1)>',
  "javascript:alert('x')",
  '{{constructor.constructor("alert(1)")()}}',
  '</title><style>*{display:none}</style>',
  '\u202Egnp.exe\u202C and \u0007 bell',
  '<iframe srcdoc="<script>parent.alert(1)</script>">',
  '%3Cscript%3Ealert(1)%3C/script%3E',
  "'-alert(1)-'",
  '<math><mtext><table><mglyph><style><img src onerror=alert(1)>',
  'http://stranger.example/x.png',
];

describeInBrowser('the pages of the web console', (found) => {
  let ui: UiAtWork;
  let recallId: string;
  let ruleId: string;
  let backfillId: string;
  beforeAll(async () => {
    ui = await startUi(found);
    await ui.write([
      ...hostile.flatMap((text) => [
        { groupId: '@TGS#plain', from: 'plain', text },
        { groupId: '@TGS#plain', from: text, text: 'from a hostile sender' },
        { groupId: text, from: 'plain', text: 'in a hostile group' },
      ]),
      ...Array.from({ length: 400 }, (_, n) => ({ groupId: '@TGS#many', from: 'chatty', text: `message ${n} 微信` })),
    ]);
    const selector = { senders: [...hostile, 'plain'] };
    const { body } = await ui.at.post<{ id: string }>('/api/v1/recalls', {
      selector,
      reason: hostile[0],
      mode: 'plan',
    });
    recallId = body.id;
    for (const sender of hostile.slice(0, 3)) {
      await ui.at.post('/api/v1/protected/senders', { sender: `protected ${sender}`, reason: sender });
    }
    const rule = await ui.at.post<{ id: string }>('/api/v1/rules', {
      selector: { senders: [hostile[2]], excludeSenders: [hostile[3]] },
      name: hostile[4],
      reason: hostile[5],
      dailyCap: 5,
      expiresAt: new Date(Date.now() + 86_400_000).toISOString(),
    });
    ruleId = rule.body.id;
    const backfill = await ui.at.post<{ id: string }>('/api/v1/backfills', { kind: 'history', estimate: true });
    backfillId = backfill.body.id;
    await ui.at.post('/api/v1/erasures', { sender: 'somebody gone', reason: hostile[6], confirm: true });
    await ui.at.post('/api/v1/messages', {
      messages: [1, 3].map((msgSeq) => ({
        groupId: hostile[7],
        msgSeq,
        msgTime: 1_760_000_000,
        sender: 'plain',
        msgBody: [{ MsgType: 'TIMTextElem', MsgContent: { Text: 'registered' } }],
      })),
    });
    await ui.at.post('/api/v1/protected/messages', { groupId: hostile[1], msgSeq: 900, reason: '<b>x' });
    await tokenFor(ui.at, 'viewer', { name: '<img src=x onerror=alert(2)>', person: '"><script>alert(3)</script>' });
  });
  afterAll(() => ui.stop());

  /** Every page, and what shows that it is there. */
  const pages = (): readonly (readonly [path: string, ready: string])[] => [
    ['/', '[data-cell=text]'],
    ['/recalls', '[data-cell=reason]'],
    ['/recalls/new', 'textarea'],
    [`/recalls/${recallId}`, '[data-figure=toCall]'],
    ['/senders?sender=plain', '[data-figure=messages]'],
    [`/senders?sender=${encodeURIComponent(hostile[1] ?? '')}`, '[data-figure=messages]'],
    ['/protected', '[data-cell=reason]'],
    ['/audit', '[data-cell=action]'],
    ['/health', 'svg[role=img]'],
    ['/rules', '[data-cell=name]'],
    ['/rules/new', 'textarea'],
    ['/coverage', '[data-cell=share]'],
    ['/backfills', '[data-cell=kind]'],
    [`/backfills/${backfillId}`, '[data-figure=parts]'],
    ['/erasures', '[data-cell=replacement]'],
    [`/recalls/${ruleId}`, '[data-figure=late]'],
    ['/access', '[data-cell=role]'],
    ['/queue', 'iframe'],
    ['/no-such-page', 'main'],
  ];
  const opened = async (page: Page, [path, ready]: readonly [string, string]): Promise<void> => {
    await page.goto(ui.at.url + path);
    await page.locator(ready).first().waitFor();
  };

  test.each([
    ['in English and light', 'en', 'light'],
    ['in Chinese and dark', 'zh', 'dark'],
  ] as const)('axe finds nothing serious on any page, %s', async (_title, language, colorScheme) => {
    const { page, told } = await ui.open({ language });
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
    const faults: Record<string, string[]> = {};
    for (const each of pages()) {
      await opened(page, each);
      const serious = await seriousFaults(page);
      if (serious.length > 0) faults[each[0]] = serious;
      // Nothing is left in the other language.
      const text = await page.locator('main').innerText();
      if (language === 'zh') expect(text).toMatch(/\p{Script=Han}/u);
    }
    expect(faults).toEqual({});
    expect(told).toEqual([]);
  });

  test('the log-in page and dialogs are as good', async () => {
    const { page } = await ui.open({ secret: null });
    await page.goto(ui.at.url);
    await page.getByLabel('Token').waitFor();
    expect(await seriousFaults(page)).toEqual([]);
    const { page: inside } = await ui.open();
    await opened(inside, [`/recalls/${recallId}`, '[data-figure=toCall]']);
    await inside.getByRole('button', { name: /^Recall \d+ messages$/u }).click();
    await inside.getByRole('dialog').waitFor();
    expect(await seriousFaults(inside)).toEqual([]);
    await inside.keyboard.press('Escape');
    await inside.goto(ui.at.url);
    await inside
      .getByRole('button', { name: /^Actions for message/u })
      .first()
      .focus();
    await inside.keyboard.press('Enter');
    await inside.getByRole('menuitem', { name: 'Every copy of this message' }).waitFor();
    expect(await seriousFaults(inside)).toEqual([]);
    await inside.keyboard.press('ArrowDown');
    await inside.keyboard.press('Enter');
    await inside.getByText('Only copies of').waitFor();
    expect(inside.url()).toMatch(/[?&]sameSeq=\d+/u);
  });

  test('hostile text, senders and groups are only ever text, and the policy has nothing to report', async () => {
    const { page, told } = await ui.open();
    for (const each of pages()) await opened(page, each);
    await page.goto(`${ui.at.url}/?sender=plain`);
    for (const text of hostile.slice(0, 3)) await page.getByText(text, { exact: true }).first().waitFor();
    await page.goto(`${ui.at.url}/?keyword=${encodeURIComponent('<script>')}`);
    await page.locator('mark').first().waitFor();
    expect(await page.locator('mark').first().innerText()).toBe('<script>');
    // As queries and paths, too.
    for (const text of hostile) {
      const encoded = encodeURIComponent(text);
      await page.goto(
        `${ui.at.url}/?keyword=${encoded}&sender=${encoded}&group=${encoded}&sameGroup=${encoded}&sameSeq=1`,
      );
      await page.getByRole('heading', { name: 'Search' }).waitFor();
      // A selector that is none is left out whole: without its odd part it would select more.
      for (const keywords of [[text], text]) {
        const selector = encodeURIComponent(JSON.stringify({ senders: [text], keywords }));
        await page.goto(`${ui.at.url}/recalls/new?selector=${selector}`);
        const senders = page.getByRole('textbox', { name: /^Senders/u }).first();
        await senders.waitFor();
        expect(await senders.inputValue()).toBe(typeof keywords === 'string' ? '' : text);
      }
    }
    expect(told).toEqual([]);
  });

  test('the policy stops what is not ours', async () => {
    const { page, told } = await ui.open();
    const answer = await page.goto(ui.at.url);
    expect(answer?.headers()['content-security-policy']).toMatch(
      /^default-src 'none'; script-src 'self'; style-src 'self' 'nonce-[\w+/]{24}'; /u,
    );
    await page.evaluate(`{
      const script = document.createElement('script');
      script.textContent = 'globalThis.broken = true';
      document.body.append(script);
      document.body.insertAdjacentHTML('beforeend', '<img src=x onerror="globalThis.broken = true"><style>*{color:red}</style>');
    }`);
    expect(await page.evaluate(() => 'broken' in globalThis)).toBe(false);
    expect(told.filter((what) => what.startsWith('policy: '))).toHaveLength(3);
  });

  test('on a phone nothing is wider than the screen, and everything can be reached', async () => {
    const { page } = await ui.open({ viewport: { width: 390, height: 844 }, language: 'zh' });
    for (const each of pages()) {
      await opened(page, each);
      const [wide, width] = await page.evaluate<[number, number]>('[document.documentElement.scrollWidth, innerWidth]');
      expect([each[0], wide]).toEqual([each[0], width]);
    }
    await page.goto(ui.at.url);
    await page.getByRole('button', { name: '菜单' }).click();
    await page.getByRole('navigation').getByRole('link', { name: '运行状况' }).click();
    await page.getByRole('heading', { name: '运行状况' }).waitFor();
    await page.getByRole('button', { name: '菜单' }).click();
    const pageGroups = page.getByRole('navigation').getByRole('group');
    expect(await pageGroups.count()).toBe(3);
    await page.getByRole('navigation').getByRole('link', { name: '访问令牌' }).click();
    await page.getByRole('heading', { name: '访问令牌' }).waitFor();
  });

  test('both languages and both schemes, kept over a reload', async () => {
    const { page } = await ui.open();
    await page.goto(`${ui.at.url}/recalls`);
    await page.getByRole('button', { name: '中文' }).click();
    await page.getByRole('heading', { name: '撤回任务' }).waitFor();
    await page.getByRole('button', { name: '跟随系统配色' }).click();
    await page.getByRole('button', { name: '浅色' }).click();
    await page.reload();
    await page.getByRole('heading', { name: '撤回任务' }).waitFor();
    expect(await page.locator('html').getAttribute('lang')).toBe('zh-CN');
    expect(await page.locator('html').getAttribute('data-mantine-color-scheme')).toBe('dark');
  });

  test('results go on as one scrolls, and only the rows in sight are there', async () => {
    const { page } = await ui.open();
    await page.goto(`${ui.at.url}/?sender=chatty`);
    await page.getByText('message 399 微信', { exact: true }).waitFor();
    for (
      let tries = 0;
      (await page.getByText('message 0 微信', { exact: true }).count()) === 0 && tries < 100;
      tries += 1
    ) {
      await page.mouse.wheel(0, 3_000);
      await page.waitForTimeout(50);
    }
    expect(await page.getByText('message 0 微信', { exact: true }).count()).toBe(1);
    expect(await page.locator('[data-index]').count()).toBeLessThan(80);
  });

  test('recalls are filtered by state, person and time, and the address carries it', async () => {
    const { page } = await ui.open();
    await page.goto(`${ui.at.url}/recalls?state=planned&by=admin`);
    await page.locator('[data-cell=reason]').first().waitFor();
    for (const none of ['state=failed', 'by=nobody', 'to=2020-01-01T00:00:00.000Z', 'from=2090-01-01T00:00:00.000Z']) {
      await page.goto(`${ui.at.url}/recalls?${none}`);
      await page.getByText('Nothing here.').waitFor();
    }
    await page.getByLabel('Made from').fill('2020-01-01T00:00');
    await page.getByRole('button', { name: 'Filter' }).click();
    await page.locator('[data-cell=reason]').first().waitFor();
    expect(page.url()).toContain('from=20');
  });

  test('a token is shown once and works; revoked, it works no more', async () => {
    const { page } = await ui.open();
    await page.goto(`${ui.at.url}/access`);
    await page.getByRole('button', { name: 'Make a token' }).click();
    await page.getByText('must not be empty').first().waitFor();
    await page.getByLabel('Name').fill('admin');
    await page.getByLabel('Person').fill('carol');
    await page.getByRole('button', { name: 'Make a token' }).click();
    await page.getByText('must not be admin').waitFor();
    await page.getByLabel('Name').fill('carol-laptop');
    await page.getByRole('button', { name: 'Make a token' }).click();
    const secret = await page.locator('[data-secret]').innerText();
    await page.getByRole('button', { name: 'I have it' }).click();
    await page.getByRole('cell', { name: 'carol-laptop', exact: true }).waitFor();
    const { page: hers } = await ui.open({ secret });
    await hers.goto(ui.at.url);
    await hers.getByRole('button', { name: 'carol-laptop' }).waitFor();
    await page.getByRole('button', { name: 'Revoke: carol-laptop' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Revoke' }).click();
    await page.getByRole('row').filter({ hasText: 'carol-laptop' }).getByText('Revoked').waitFor();
    await hers.reload();
    await hers.getByLabel('Token').waitFor();
  });

  test('an admin sees who is logged in, and ends the sessions of one person by keyboard', async () => {
    const dana = await tokenFor(ui.at, 'moderator', { name: 'dana-laptop', person: 'dana' });
    const theirs = [await ui.open({ secret: dana.secret }), await ui.open({ secret: dana.secret })];
    const { page, told } = await ui.open();
    await page.goto(`${ui.at.url}/access`);
    const table = page.getByRole('table', { name: 'Sessions' });
    const danas = table.getByRole('row').filter({ hasText: 'dana-laptop' });
    await danas.first().waitFor();
    expect(await danas.count()).toBe(2);
    expect(await danas.first().locator('[data-cell=whose]').innerText()).toBe('dana');
    expect(await danas.first().locator('[data-cell=role]').innerText()).toBe('Moderator');
    expect(await danas.first().locator('[data-cell=used] time').count()).toBe(1);
    expect(await table.getByText('This browser').count()).toBe(1);
    const end = danas.getByRole('button', { name: 'End all sessions of dana' }).first();
    const dialog = page.getByRole('dialog', { name: 'End all sessions of dana?' });
    await end.press('Enter');
    await dialog.waitFor();
    expect(await seriousFaults(page)).toEqual([]);
    expect(await dialog.getByText('you will have to log in again').count()).toBe(0);
    // The harmless answer has the focus.
    await page.keyboard.press('Enter');
    await dialog.waitFor({ state: 'detached' });
    expect(await danas.count()).toBe(2);
    await end.press('Enter');
    await dialog.getByRole('button', { name: 'End all' }).press('Enter');
    await page.getByText('Ended sessions of dana: 2.').waitFor();
    await danas.first().waitFor({ state: 'detached' });
    for (const { page: hers } of theirs) {
      await hers.goto(ui.at.url);
      await hers.getByLabel('Token').waitFor();
    }
    const { body } = await ui.at.get<{ items: object[] }>('/api/v1/audit?action=session.end&limit=1');
    expect(body.items).toMatchObject([{ actor: 'admin', via: 'browser', details: { person: 'dana', ended: 2 } }]);
    expect(await seriousFaults(page)).toEqual([]);
    await page.getByRole('button', { name: '中文' }).click();
    await page.getByRole('button', { name: '全部结束 admin 的会话' }).first().click();
    await page.getByRole('dialog').getByText('其中包括您自己的会话').waitFor();
    expect(told).toEqual([]);
  });

  test('a sender is protected and let go; the audit has it, and its chain is whole', async () => {
    const { page } = await ui.open();
    await page.goto(`${ui.at.url}/protected`);
    const form = page.getByRole('form', { name: 'Protect a sender' });
    await form.getByRole('button').click();
    await form.getByText('must not be empty').first().waitFor();
    await form.getByLabel('Sender').fill('support');
    await form.getByLabel('Reason').fill('our own');
    await form.getByRole('button').click();
    await page.getByRole('cell', { name: 'support', exact: true }).waitFor();
    await page.getByRole('button', { name: 'Remove support' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Remove' }).click();
    await page.getByRole('cell', { name: 'support', exact: true }).waitFor({ state: 'detached' });
    await page.goto(`${ui.at.url}/audit`);
    await page.getByRole('button', { name: 'Check the chain' }).click();
    await page.getByText('The chain is whole').waitFor();
  });

  test('who may not do something is not offered it', async () => {
    const viewer = await tokenFor(ui.at, 'viewer');
    const { page, told } = await ui.open({ secret: viewer.secret });
    await page.goto(ui.at.url);
    await page.getByText('Your role does not show texts.').first().waitFor();
    const links = await page.getByRole('navigation').getByRole('link').allInnerTexts();
    expect(links).toEqual(['Search', 'Recalls', 'Rules', 'Senders', 'Health', 'Coverage', 'Backfill', 'Protected']);
    for (const path of ['/rules', '/backfills']) {
      await page.goto(ui.at.url + path);
      await page.locator('[data-index]').first().waitFor();
      expect(await page.locator('main').getByRole('button').count()).toBe(0);
    }
    await opened(page, [`/recalls/${recallId}`, '[data-figure=toCall]']);
    expect(await page.getByRole('button', { name: /Recall|Cancel/u }).count()).toBe(0);
    expect(told).toEqual([]);
  });

  test('by the keyboard alone', async () => {
    const { page } = await ui.open();
    await page.goto(ui.at.url);
    await page.locator('[data-cell=text]').first().waitFor();
    await page.keyboard.press('Tab');
    expect(await page.evaluate('document.activeElement.textContent')).toBe('Skip to the content');
    await page.keyboard.press('Enter');
    await page.keyboard.press('Tab');
    await page.keyboard.type('微信');
    await page.keyboard.press('Enter');
    await page.keyboard.press('Enter');
    await page.waitForURL(/keyword=/u);
  });

  test('pages are never kept, their files for good; what is not a page is told so', async () => {
    const fetched = (path: string, accept = 'text/html'): Promise<Response> =>
      fetch(ui.at.url + path, { headers: { accept } });
    const page = await fetched('/recalls/anything');
    expect([page.status, page.headers.get('cache-control')]).toEqual([200, 'no-store']);
    const file = /\/assets\/index-[\w-]+\.js/u.exec(await page.text())?.[0] ?? '';
    const script = await fetched(file, '*/*');
    expect([script.status, script.headers.get('cache-control')]).toEqual([200, 'public, max-age=31536000, immutable']);
    expect((await fetched('/assets/none.js')).status).toBe(404);
    expect((await fetched('/recalls/anything', '*/*')).status).toBe(404);
    expect((await fetched('/api/v1/nothing')).status).toBe(401);
  });

  test('350 KB of JavaScript at most come before the first page, gzipped', async () => {
    const { page } = await ui.open();
    let bytes = 0;
    page.on('response', (response) => {
      if (response.url().endsWith('.js')) bytes += Number(response.headers()['content-length'] ?? Infinity);
    });
    await page.goto(ui.at.url);
    await page.locator('[data-cell=text]').first().waitFor();
    expect(bytes).toBeGreaterThan(50_000);
    expect(bytes).toBeLessThan(350 * 1_024);
  });
});
