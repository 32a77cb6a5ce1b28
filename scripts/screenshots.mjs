// Pictures of every page of the web console, from demo data, for docs/console.md: `npm run screenshots`.
// It wants a build, and Chromium or Chrome on the PATH.
import { randomBytes } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { startEmbeddedPostgres, startSystem, freePort } from '@chat-recall/local';
import { migrate } from '@chat-recall/shared/db';
import { createStandIn, createWebhookSender, elements, sampleBody, seededRandom } from '@chat-recall/simulator';
import { findProgram } from '@chat-recall/testkit';
import { chromium } from 'playwright-core';

const folder = fileURLToPath(new URL('../docs/screenshots/', import.meta.url));
const sdkAppId = 1_400_000_000;
const desktop = { width: 1280, height: 800 };
const phone = { width: 390, height: 844 };
const lobby = '@TGS#2LOBBY01';
const abuser = 'spammer42';

const executablePath = findProgram('chromium', 'chromium-browser', 'google-chrome');
if (executablePath === undefined) throw new Error('no Chromium: install chromium or google-chrome');
mkdirSync(folder, { recursive: true });

const disposals = [];
try {
  await main();
} finally {
  for (const dispose of disposals.reverse()) await dispose();
}

async function main() {
  const demo = await startDemo();
  const browser = await chromium.launch({
    executablePath,
    args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking'],
  });
  disposals.push(() => browser.close());
  const api = caller(demo.url, demo.token);

  const alice = await api('POST', '/api/v1/tokens', {
    name: 'alice-laptop',
    person: 'alice',
    role: 'moderator',
    maxMessages: 50_000,
  });
  await api('POST', '/api/v1/session', { token: alice.secret });
  await api('POST', '/api/v1/tokens', { name: 'bob', person: 'bob', role: 'approver' });
  await api('POST', '/api/v1/tokens', { name: 'wall-display', person: 'ops', role: 'viewer' });
  await api('POST', '/api/v1/protected/senders', { sender: 'support', reason: 'our own support staff' });
  await api('POST', '/api/v1/protected/messages', { groupId: lobby, msgSeq: 7, reason: 'the rules of the group' });
  const finished = await api('POST', '/api/v1/recalls', {
    selector: { keywords: ['裸聊'] },
    reason: '色情引流 / spam wave',
  });
  await until(async () => (await api('GET', `/api/v1/recalls/${finished.id}`)).finishedAt !== null);

  const page = await opened(browser, demo, desktop, { language: 'en', scheme: 'light' });
  await page.goto(demo.url);
  await page.getByLabel('Token').waitFor();
  await shoot(page, 'log-in');
  await page.getByLabel('Token').fill(demo.token);
  await page.getByRole('button', { name: 'Log in' }).click();
  await page.getByRole('heading', { name: 'Search' }).waitFor();
  // While the gaps are young: a minute later they are filled from history.
  await page.goto(`${demo.url}/coverage`);
  await page.locator('[data-cell=share]').first().waitFor();
  await shoot(page, 'coverage');
  await page.goto(`${demo.url}/?keyword=${encodeURIComponent('微信')}&last=7d`);
  await page.locator('mark').first().waitFor();
  await shoot(page, 'search');
  await page.goto(`${demo.url}/senders?sender=${abuser}`);
  await page.locator('svg[role=img]').first().waitFor();
  await shoot(page, 'sender');

  await page.goto(`${demo.url}/recalls/new?selector=${encodeURIComponent(JSON.stringify({ senders: [abuser] }))}`);
  await page.getByLabel('Reason').fill('abusive account, report 5512');
  await page.setViewportSize({ width: 1280, height: 1250 });
  await shoot(page, 'new-recall');
  await page.setViewportSize(desktop);
  await page.getByRole('button', { name: 'Make the plan' }).click();
  await page.locator('[data-figure=toCall]').waitFor();
  await page.locator('svg[role=img]').first().waitFor();
  await page.setViewportSize({ width: 1280, height: 1500 });
  await shoot(page, 'plan');
  await page.setViewportSize(desktop);
  const phonePage = await opened(browser, demo, phone, { language: 'zh', scheme: 'dark', token: demo.token });
  await phonePage.goto(page.url());
  await phonePage.locator('[data-figure=toCall]').waitFor();
  await shoot(phonePage, 'plan-phone-zh-dark');

  const number = (await page.locator('[data-figure=toCall]').innerText()).replaceAll(/\D/gu, '');
  await page.getByRole('button', { name: /^Recall \d+ messages$/u }).click();
  await page.getByLabel(/^Type \d+/u).fill(number);
  await shoot(page, 'confirm');
  const command = 'group_msg_recall';
  demo.standIn.faults.add({ command, times: 3, effect: { kind: 'sequence-code', code: 10_004 } });
  demo.standIn.faults.add({ command, times: Infinity, effect: { kind: 'latency', ms: 2_600 } });
  await page
    .getByRole('dialog')
    .getByRole('button', { name: /^Recall \d+ messages$/u })
    .click();
  await page.getByText('Live', { exact: true }).waitFor();
  await page.getByRole('cell', { name: '10004' }).first().waitFor();
  await shoot(page, 'recall');
  demo.standIn.faults.clear();
  await until(
    async () => (await api('GET', page.url().replace(/^.*\/recalls\//u, '/api/v1/recalls/'))).finishedAt !== null,
  );
  await page.getByRole('tab', { name: 'Outcomes' }).click();
  await page.getByRole('table', { name: 'Outcomes' }).locator('[data-state]').first().waitFor();
  await shoot(page, 'outcomes');

  await shootStanding(page, demo, api);

  for (const [path, name, ready] of [
    ['/recalls', 'recalls', '[data-cell=reason]'],
    ['/audit', 'audit', '[data-cell=action]'],
    ['/health', 'health', 'svg[role=img]'],
    ['/protected', 'protected', '[data-cell=reason]'],
  ]) {
    await page.goto(demo.url + path);
    await page.locator(ready).first().waitFor();
    await shoot(page, name);
  }
  await page.setViewportSize({ width: 1280, height: 1020 });
  await page.goto(`${demo.url}/access`);
  await page.locator('[data-cell=whose]').first().waitFor();
  await shoot(page, 'access');
  await page.setViewportSize(desktop);
  await page.goto(`${demo.url}/queue`);
  await page.frameLocator('iframe').getByText('recall-batches').first().waitFor();
  await page.waitForTimeout(1_000);
  await shoot(page, 'queues');

  await phonePage.goto(`${demo.url}/?keyword=${encodeURIComponent('微信')}`);
  await phonePage.locator('mark').first().waitFor();
  await shoot(phonePage, 'search-phone-zh-dark');
  await phonePage.getByRole('button', { name: '菜单' }).click();
  await phonePage.getByRole('navigation').getByRole('link').last().waitFor();
  await shoot(phonePage, 'menu-phone-zh-dark');
}

/** What goes on by itself, or for long: a tail, a rule, a backfill, an erasure. */
async function shootStanding(page, demo, api) {
  const gifts = ['gift cards'];
  const expiresAt = new Date(Date.now() + 30 * 86_400_000).toISOString();
  await api('POST', '/api/v1/rules', {
    name: '裸聊 / sextortion',
    selector: { keywords: ['裸聊'] },
    reason: 'always taken back, agreed with legal',
    dailyCap: 500,
    expiresAt,
  });
  const { id } = await api('POST', '/api/v1/recalls', {
    selector: { keywords: gifts },
    reason: 'gift card raid, report 5520',
    followSeconds: 600,
  });
  await until(async () => (await api('GET', `/api/v1/recalls/${id}`)).state === 'running');
  await demo.say(['u77', 'u78'].map((from) => [from, 'Free gift cards → t.me/freegift']));
  await demo.say(['u79'].map((from) => [from, '姐姐裸聊，加微信 vx3']));
  await until(async () => (await api('GET', `/api/v1/recalls/${id}`)).proof.confirmed >= 2);
  await page.goto(`${demo.url}/recalls/${id}`);
  await page.locator('[data-figure=confirmed]').waitFor();
  await page.setViewportSize({ width: 1280, height: 1100 });
  await shoot(page, 'tail');
  await page.setViewportSize(desktop);

  await until(async () => (await api('GET', '/api/v1/rules')).items[0].counts.recalled > 0);
  await page.goto(`${demo.url}/rules`);
  await page.locator('[data-cell=did]').first().waitFor();
  await shoot(page, 'rules');

  await page.goto(`${demo.url}/backfills`);
  await page.getByRole('button', { name: 'Begin' }).click();
  await page.locator('[data-estimate]').waitFor();
  await shoot(page, 'backfill');

  const gone = await api('POST', '/api/v1/erasures', { sender: 'user3', reason: 'request 2026-117', confirm: true });
  await until(async () => (await api('GET', `/api/v1/erasures/${gone.id}`)).state === 'completed');
  await page.goto(`${demo.url}/erasures`);
  await page.getByLabel('UserID of the person').fill('user7');
  await page.getByLabel('Reason').fill('request 2026-118');
  await page.getByRole('button', { name: 'Count what would be erased' }).click();
  await page.getByLabel('Type the UserID again').fill('user7');
  await shoot(page, 'erasures');
}

async function startDemo() {
  const secretKey = randomBytes(32).toString('hex');
  const webhookToken = randomBytes(16).toString('hex');
  const token = randomBytes(24).toString('hex');
  const postgres = await startEmbeddedPostgres({ persistent: false });
  disposals.push(() => postgres.stop());
  await migrate({ databaseUrl: postgres.url });
  const port = await freePort();
  const webhook = { url: `http://127.0.0.1:${port}/callback`, token: webhookToken };
  const standIn = await createStandIn({ sdkAppId, secretKey, webhook });
  disposals.push(() => standIn.close());
  const system = await startSystem({
    databaseUrl: postgres.url,
    sdkAppId,
    secretKey,
    apiUrl: standIn.url,
    webhookToken,
    adminToken: token,
    ports: { webhook: port, console: 0, worker: 0 },
    environment: { LOG_LEVEL: 'info' },
    onLine: (line) => process.stderr.write(`${line}\n`),
  });
  disposals.push(() => system.stop());
  const sender = createWebhookSender({ url: webhook.url, sdkAppId, token: webhookToken });
  disposals.push(() => sender.close());
  // Some callbacks are lost on the way.
  await sender.sendMany(scene(standIn).filter((_, at) => at % 90 !== 7));
  const say = (said) =>
    sender.sendMany(
      said.map(
        ([from, text]) =>
          standIn.send({
            groupId: lobby,
            from,
            body: [elements.text(text)],
            msgTime: Math.ceil(Date.now() / 1_000),
            callback: false,
          }).callback,
      ),
    );
  return { url: system.console.url, token, standIn, say };
}

/** Six hours of chat, with an abuser and spam in it. */
function scene(standIn) {
  const random = seededRandom(42);
  for (const [groupId, type] of [
    [lobby, 'Public'],
    ['@TGS#2TRADE01', 'ChatRoom'],
    ['@TGS#2GAMES01', 'Private'],
  ]) {
    standIn.addGroup({ groupId, type });
  }
  const groups = [lobby, '@TGS#2TRADE01', '@TGS#2GAMES01'];
  const messages = 4_000;
  const now = Math.floor(Date.now() / 1_000);
  return Array.from({ length: messages }, (_, at) => {
    const spam = random() < 0.02;
    const from =
      random() < 0.06 ? abuser : spam ? `u${Math.floor(random() * 9_000)}` : `user${Math.floor(random() * 60)}`;
    const body = spam
      ? [elements.text(`姐姐裸聊，加微信 vx${Math.floor(random() * 20)}`)]
      : from === abuser
        ? [
            elements.text(
              ['免费领取 USDT，加 微信 usdt8888', 'Earn $5000 a week, DM me', 'ＦＲＥＥ gift cards → t.me/freegift'][
                at % 3
              ],
            ),
          ]
        : sampleBody(random);
    const msgTime = now - Math.floor(((messages - at) / messages) * 6 * 3_600);
    return standIn.send({ groupId: groups[Math.floor(random() * 3)], from, body, msgTime, callback: false }).callback;
  });
}

async function opened(browser, demo, viewport, { language, scheme, token }) {
  const context = await browser.newContext({
    viewport,
    colorScheme: scheme,
    locale: language === 'zh' ? 'zh-CN' : 'en-GB',
  });
  await context.addInitScript((chosen) => localStorage.setItem('chat-recall.language', chosen), language);
  if (token !== undefined) await context.request.post(`${demo.url}/api/v1/session`, { data: { token } });
  return context.newPage();
}

async function shoot(page, name) {
  await page.waitForTimeout(300);
  await page.screenshot({ path: `${folder}${name}.png` });
  process.stdout.write(`${name}.png\n`);
}

function caller(url, token) {
  return async (method, path, body) => {
    const response = await fetch(url + path, {
      method,
      headers: { authorization: `Bearer ${token}`, ...(body && { 'content-type': 'application/json' }) },
      ...(body && { body: JSON.stringify(body) }),
    });
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${await response.text()}`);
    return response.json();
  };
}

async function until(is, withinMs = 60_000) {
  for (const end = Date.now() + withinMs; !(await is());) {
    if (Date.now() > end) throw new Error('waited too long');
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}
