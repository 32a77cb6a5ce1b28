import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { describeInBrowser, eventually } from '@chat-recall/testkit';
import type { Page } from 'playwright-core';
import { token } from './console-at-work.ts';
import { startProvider, type ProviderAtWork } from './oidc-at-work.ts';
import { seriousFaults, startUi, type UiAtWork } from './ui-at-work.ts';

describeInBrowser('logging in by a provider of identities', (browser) => {
  let provider: ProviderAtWork;
  let ui: UiAtWork;
  beforeAll(async () => {
    provider = await startProvider();
    ui = await startUi(browser, {}, provider.environment);
  });
  afterAll(async () => {
    await ui.stop();
    await provider.close();
  });

  async function asAt(page: Page, who: string): Promise<void> {
    await page.getByLabel('Who').fill(who);
    await page.getByRole('button', { name: 'Go on' }).click();
  }
  const host = (): string => new URL(provider.issuer).host;

  test('over there and back to the page that was wanted, and out again', async () => {
    const { context, page, told } = await ui.open({ secret: null });
    await page.goto(`${ui.at.url}/recalls?state=running`);
    const link = page.getByRole('link', { name: `Log in with ${host()}` });
    await link.waitFor();
    expect(await seriousFaults(page)).toEqual([]);
    await link.click();
    await asAt(page, 'mira');
    const person = page.getByRole('button', { name: 'mira@example.com' });
    await person.waitFor();
    expect(page.url()).toBe(`${ui.at.url}/recalls?state=running`);
    await person.click();
    await page.getByText('Moderator').waitFor();
    await page.getByRole('menuitem', { name: 'Log out' }).click();
    await link.waitFor();
    const cookies = await context.cookies(ui.at.url);
    expect(cookies.filter(({ name }) => name.startsWith('chat_recall'))).toEqual([]);
    expect(told.filter((line) => !line.startsWith(`stranger: ${provider.issuer}`))).toEqual([]);
    await context.close();
  });

  test.each([
    ['en', 'nobody', 'You have no role here'],
    ['zh', 'nobody', '您在此处没有角色'],
    ['en', '', 'refused the log-in, or you broke it off'],
    ['zh', '', '身份提供方拒绝了登录'],
  ] as const)('in %s, %j is told why it came to nothing', async (language, who, words) => {
    const { context, page } = await ui.open({ secret: null, language });
    await page.goto(ui.at.url);
    await page.getByRole('link', { name: host() }).click();
    await asAt(page, who);
    await page.getByRole('alert').getByText(words).waitFor();
    expect(page.url()).toBe(`${ui.at.url}/`);
    expect(await seriousFaults(page)).toEqual([]);
    await context.close();
  });

  test('a session that has ended is renewed beside the page, which stays', async () => {
    const { context, page } = await ui.open({ secret: null });
    await page.goto(ui.at.url);
    await page.getByRole('link', { name: host() }).click();
    await asAt(page, 'mira');
    await page.getByRole('button', { name: 'mira@example.com' }).waitFor();
    await ui.at.pool.query('delete from sessions');
    await page.getByRole('link', { name: 'Recalls', exact: true }).click();
    const dialog = page.getByRole('dialog');
    const opened = context.waitForEvent('page');
    await dialog.getByRole('link', { name: host() }).click();
    const other = await opened;
    await other.getByRole('button', { name: 'mira@example.com' }).waitFor();
    await page.bringToFront();
    await eventually(async () => {
      await page.evaluate('dispatchEvent(new Event("focus"))');
      return !(await dialog.isVisible());
    });
    await page.getByRole('button', { name: 'mira@example.com' }).waitFor();
    await context.close();
  });

  test('a token still lets in', async () => {
    const { context, page } = await ui.open({ secret: null });
    await page.goto(ui.at.url);
    await page.getByLabel('Token').fill(token);
    await page.getByRole('button', { name: 'Log in' }).click();
    await page.getByRole('button', { name: 'admin' }).waitFor();
    await context.close();
  });
});
