import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { Recall, Rule } from '@chat-recall/shared/recalls';
import { describeInBrowser, eventually } from '@chat-recall/testkit';
import type { Page } from 'playwright-core';
import { tokenFor } from './signed-in.ts';
import { seriousFaults, startUi, type UiAtWork } from './ui-at-work.ts';

const group = '@TGS#tail';
const inDays = (days: number): string => new Date(Date.now() + days * 86_400_000).toISOString();

describeInBrowser('standing rules and tails in the web console', (found) => {
  let ui: UiAtWork;
  beforeAll(async () => {
    ui = await startUi(found, {}, { RECALL_APPROVAL_ABOVE: '50' });
  });
  afterAll(() => ui.stop());

  /** In the coming second, so that no clock of whole seconds puts it before what follows. */
  const say = (from: string, count: number): Promise<void> =>
    ui.write(
      Array.from({ length: count }, (_, n) => ({
        groupId: group,
        from,
        text: `advert ${n}`,
        msgTime: Math.floor(Date.now() / 1_000) + 1,
      })),
    );
  const open = async (page: Page, path: string): Promise<void> => {
    await page.goto(ui.at.url + path);
  };
  const rules = async (): Promise<readonly Rule[]> =>
    (await ui.at.get<{ items: readonly Rule[] }>('/api/v1/rules')).body.items;

  test('a rule is made, takes back what comes, tells what it did, and is ended', async () => {
    const { page, told } = await ui.open();
    await open(page, '/rules');
    await page.getByText('There is no rule.').waitFor();
    await page.getByRole('link', { name: 'New rule' }).click();
    await page.getByLabel('Senders', { exact: true }).fill('pest');
    await page.getByLabel('Reason').fill('adverts of one seller');
    await page.getByLabel('Name').fill('no adverts');
    await page.getByLabel('At most a day').fill('0');
    await page.getByRole('button', { name: 'Make the rule' }).click();
    await page.getByText('must be a whole number from 1 to 1,000,000').waitFor();
    await page.getByLabel('At most a day').fill('2');
    await page.getByLabel('Expires').fill('2020-01-01T00:00');
    await page.getByRole('button', { name: 'Make the rule' }).click();
    // Only the API knows how long a rule may stand.
    await page.getByText('must be in the future, within 90 days').waitFor();
    await page.getByLabel('Expires').fill(inDays(30).slice(0, 16));
    await page.getByRole('button', { name: 'Make the rule' }).dblclick();
    const row = page.getByRole('row').filter({ hasText: 'no adverts' });
    await row.getByText('In force').waitFor();
    await row.getByText('never').waitFor();
    expect(await rules()).toHaveLength(1);

    await say('pest', 3);
    await row.getByText('3 matched, 2 recalled, 0 failed').waitFor({ timeout: 30_000 });
    await row.getByText('2 of 2').waitFor();
    await row.getByText('cap reached').waitFor();
    await row.getByText('1 left out').waitFor();
    expect(await seriousFaults(page)).toEqual([]);

    // All that it did is a recall of the same id, told from others in their list.
    await open(page, '/recalls');
    await page.getByLabel('Kind').selectOption('recall');
    await page.getByRole('button', { name: 'Filter' }).click();
    await page.getByText('Nothing here.').waitFor();
    await page.getByLabel('Kind').selectOption('rule');
    await page.getByRole('button', { name: 'Filter' }).click();
    await page.getByRole('link', { name: 'adverts of one seller' }).click();
    await page.getByRole('heading', { name: 'Rule', exact: true }).waitFor();
    expect(await page.locator('[data-figure=late]').innerText()).toBe('2');
    expect(await page.getByRole('tab', { name: 'The plan' }).count()).toBe(0);
    expect(await page.getByRole('button', { name: 'Stop following' }).count()).toBe(0);

    await open(page, '/rules');
    await page.getByRole('button', { name: 'End the rule no adverts' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Keep it' }).click();
    expect((await rules())[0]?.state).toBe('running');
    await page.getByRole('button', { name: 'End the rule no adverts' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'End', exact: true }).click();
    await row.locator('[data-state=cancelled]').waitFor();
    expect(await page.getByRole('button', { name: 'End the rule no adverts' }).count()).toBe(0);
    expect(told).toEqual([]);
  });

  test('a rule with a large cap waits for another person, in Chinese, too', async () => {
    const alice = await tokenFor(ui.at, 'moderator', { person: 'alice' });
    const { body } = await ui.at.post<Rule>(
      '/api/v1/rules',
      { selector: { senders: ['raider'] }, reason: 'raids', dailyCap: 51, expiresAt: inDays(1) },
      alice.bearer,
    );
    const { page: hers } = await ui.open({ secret: alice.secret });
    await open(hers, `/recalls/${body.id}`);
    await hers.getByText('You asked for this').waitFor();
    expect(await hers.getByRole('button', { name: 'Approve the rule' }).count()).toBe(0);
    const bob = await tokenFor(ui.at, 'approver', { person: 'bob' });
    const { page: his, told } = await ui.open({ secret: bob.secret, language: 'zh' });
    await open(his, '/rules');
    await his.getByRole('link', { name: 'raids' }).click();
    await his.getByRole('button', { name: '批准规则' }).click();
    await his.getByRole('dialog').getByText('每天最多撤回 51 条消息').waitFor();
    expect(await seriousFaults(his)).toEqual([]);
    await his.getByRole('dialog').getByRole('button', { name: '批准规则' }).click();
    await his.locator('[data-state=running]').waitFor();
    await hers.locator('[data-state=running]').waitFor();
    expect(told).toEqual([]);
  });

  test('a recall follows what comes, marks it as late, and stops when told', async () => {
    await say('flooder', 1);
    const { page, told } = await ui.open();
    await open(page, `/recalls/new?selector=${encodeURIComponent('{"senders":["flooder"]}')}`);
    await page.getByLabel('Reason').fill('a flood');
    await page.getByLabel('Go on with what comes').selectOption('600');
    await page.getByLabel('Compare senders with history first').check();
    await page.getByRole('button', { name: 'Make the plan' }).click();
    await page.getByText('must be 0 with verifySenders or refresh').waitFor();
    expect(await page.getByLabel('Go on with what comes').getAttribute('aria-invalid')).toBe('true');
    await page.getByRole('button', { name: '中文' }).click();
    await page.getByRole('button', { name: '生成计划' }).click();
    await page.getByText('不能与核对发送者或重新读取内容同时使用').waitFor();
    await page.getByRole('button', { name: 'English' }).click();
    await page.getByLabel('Compare senders with history first').uncheck();
    // What was chosen survives a reload.
    await page.reload();
    expect(await page.getByLabel('Go on with what comes').inputValue()).toBe('600');
    await page.getByRole('button', { name: 'Make the plan' }).click();
    await page.getByRole('button', { name: 'Recall 1 messages' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Recall 1 messages' }).click();
    await page.locator('[data-figure=followState]').getByText('Following').waitFor();
    await say('flooder', 2);
    await eventually(async () => (await page.locator('[data-figure=late]').innerText()) === '2');
    expect(await seriousFaults(page)).toEqual([]);
    await page.getByRole('button', { name: 'Stop following' }).click();
    await page.locator('[data-figure=followState]').getByText('Ended').waitFor();
    await page.locator('[data-state=completed]').waitFor({ timeout: 30_000 });
    await page.getByRole('tab', { name: 'Outcomes' }).click();
    await eventually(async () => (await page.locator('[data-late]').count()) === 2);
    const [, id = ''] = /\/recalls\/([\w-]{36})/u.exec(page.url()) ?? [];
    const { body } = await ui.at.get<Recall>(`/api/v1/recalls/${id}`);
    expect(body).toMatchObject({ counts: { recalled: 3 }, follow: { state: 'ended', late: 2 } });
    expect(told).toEqual([]);
  });

  test('a plan that matches nothing yet may follow what comes', async () => {
    const { page } = await ui.open();
    await open(page, `/recalls/new?selector=${encodeURIComponent('{"senders":["not yet"]}')}`);
    await page.getByLabel('Reason').fill('expected');
    await page.getByLabel('Go on with what comes').selectOption('60');
    await page.getByRole('button', { name: 'Make the plan' }).click();
    await page.getByRole('button', { name: 'Follow what comes' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Follow what comes' }).click();
    // Before it runs, one that matches would count as drift.
    await page.locator('[data-figure=followState]').getByText('Following').waitFor();
    await say('not yet', 1);
    await eventually(async () => (await page.locator('[data-outcome=recalled]').allInnerTexts())[0] === '1');
    await page.getByRole('button', { name: 'Stop following' }).click();
    await page.locator('[data-state=completed]').waitFor({ timeout: 30_000 });
  });
});
