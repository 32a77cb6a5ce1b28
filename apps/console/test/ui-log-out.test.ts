import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { describeInBrowser } from '@chat-recall/testkit';
import { tokenFor } from './signed-in.ts';
import { startUi, type UiAtWork } from './ui-at-work.ts';

describeInBrowser('logging out', (browser) => {
  let ui: UiAtWork;
  beforeAll(async () => {
    ui = await startUi(browser);
    await ui.write([{ groupId: '@TGS#one', from: 'spammer', text: 'only for those who may read' }]);
  });
  afterAll(() => ui.stop());

  test('leaves neither texts in the page nor anything of the person in what the browser keeps', async () => {
    const { secret } = await tokenFor(ui.at, 'viewer', { name: 'vera' });
    const { context, page } = await ui.open();
    await page.goto(ui.at.url);
    await page.getByText('only for those who may read').waitFor();
    await page.evaluate('sessionStorage.setItem("draft", "a reason that nobody else should read")');
    await page.getByRole('button', { name: 'admin' }).click();
    await page.getByRole('menuitem', { name: 'Log out' }).click();
    await page.getByLabel('Token').waitFor();
    expect(await page.content()).not.toContain('only for those');
    expect(await page.evaluate('sessionStorage.length')).toBe(0);
    expect(await page.evaluate('Object.values(localStorage).join() + document.cookie')).not.toMatch(/admin|only for/u);
    expect(await context.cookies(ui.at.url)).toEqual([]);
    expect(await page.getByLabel('Token').getAttribute('type')).toBe('password');
    // Whoever comes next, without a reload, is shown nothing of what was there.
    await page.getByLabel('Token').fill(secret);
    await page.getByRole('button', { name: 'Log in' }).click();
    await page.getByText('Your role does not show texts.').first().waitFor();
    expect(await page.content()).not.toContain('only for those');
    await context.close();
  });
});
