import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { describeInBrowser, eventually } from '@chat-recall/testkit';
import { appId } from './console-at-work.ts';
import { seriousFaults, startUi, type UiAtWork } from './ui-at-work.ts';

const other = appId + 1;
const person = 'user 4711';

describeInBrowser('the upkeep of the index in the web console', (found) => {
  let ui: UiAtWork;
  beforeAll(async () => {
    // Nobody fills the gaps, and no text is kept.
    ui = await startUi(
      found,
      { TENCENT_HISTORY_CALLS_PER_SECOND: '0' },
      {
        INDEX_TEXT: 'none',
        TENCENT_SDK_APP_ID: '',
        TENCENT_APPS: JSON.stringify([{ sdkAppId: appId }, { sdkAppId: other }]),
      },
    );
    await register('@TGS#gappy', [1, 2, 4, 9]);
    await register('@TGS#whole', [1, 2]);
    await register('@TGS#elsewhere', [5], other);
  });
  afterAll(() => ui.stop());

  const register = async (groupId: string, seqs: readonly number[], app = appId): Promise<void> => {
    const messages = seqs.map((msgSeq) => ({
      groupId,
      msgSeq,
      msgTime: Math.floor(Date.now() / 1_000),
      sender: person,
      msgBody: [{ MsgType: 'TIMTextElem', MsgContent: { Text: '加微信 now' } }],
    }));
    await ui.at.post('/api/v1/messages', { messages }, { 'sdk-app-id': String(app) });
  };

  test('Coverage tells what is missing, where, and what the states mean', async () => {
    const { page, told } = await ui.open();
    await page.goto(`${ui.at.url}/health`);
    await page.locator('[data-figure=coverage-missing]').waitFor();
    expect(await page.locator('[data-figure=coverage-missing]').innerText()).toBe('5');
    await page.getByRole('link', { name: 'How complete the index is' }).click();
    await page.locator('[data-cell=missing]').first().waitFor();
    expect(await page.locator('[data-figure=share]').innerText()).toBe('54.5 %');
    await page.getByText('1 of them miss some').waitFor();
    const rows = await page.locator('[data-cell=place]').allInnerTexts();
    expect(rows).toEqual(['@TGS#gappy', '@TGS#whole']);
    expect(await page.locator('[data-cell=missing]').allInnerTexts()).toEqual(['5', '0']);
    await page.getByText('A live group: the platform keeps no history of it').waitFor();
    await page.getByLabel('Only this group').fill('@TGS#whole');
    await page.keyboard.press('Enter');
    await page.waitForURL(/group=/u);
    await eventually(async () => (await page.locator('[data-cell=place]').allInnerTexts()).join() === '@TGS#whole');
    expect(await seriousFaults(page)).toEqual([]);
    await page.getByRole('button', { name: '中文' }).click();
    await page.getByRole('heading', { name: '完整度' }).waitFor();
    await page.getByText('直播群：平台不保存其历史消息').waitFor();
    expect(told).toEqual([]);
  });

  test('Health counts callbacks by name, repeats what an alarm said, and raises one of its own on silence', async () => {
    await ui.at.pool.query(
      `insert into callback_counts (day, app_id, command, count, details)
       values ((now() at time zone 'UTC')::date, $1, 'Alert.RequestOverLimit', 3,
               '{"service": "im", "command": "group_msg_recall", "request": 171, "limit": 200}')`,
      [appId],
    );
    const { page, told } = await ui.open();
    await page.goto(`${ui.at.url}/health`);
    const row = page.locator('[data-command="Alert.RequestOverLimit"]');
    await row.getByText('group_msg_recall: 171 calls a second of 200 allowed').waitFor();
    expect(await page.locator('[data-silence]').count()).toBe(0);
    await ui.at.pool.query(`update coverage set told_at = now() - interval '6 minutes'`);
    await page.reload();
    await page.getByRole('alert').getByText('The webhook is silent').waitFor();
    expect(await seriousFaults(page)).toEqual([]);
    expect(told).toEqual([]);
  });

  test('a search says which texts are not kept, and that words could not be looked for in them', async () => {
    const { page } = await ui.open();
    await page.goto(`${ui.at.url}/?sender=${encodeURIComponent(person)}`);
    await page.locator('[data-cell=text]').getByText('text not kept').first().waitFor();
    await page.goto(`${ui.at.url}/?keyword=${encodeURIComponent('加微信')}`);
    await page.getByRole('alert').getByText('Look twice').waitFor();
    expect(await seriousFaults(page)).toEqual([]);
  });

  test('another app is chosen in the header, kept over a reload, and no other tab is led astray', async () => {
    const { page, context, told } = await ui.open();
    await page.goto(`${ui.at.url}/coverage`);
    await page.getByText('@TGS#gappy').waitFor();
    const second = await context.newPage();
    await second.goto(`${ui.at.url}/coverage`);
    await second.getByText('@TGS#gappy').waitFor();
    const choice = page.getByRole('banner').getByLabel('App');
    expect(await choice.inputValue()).toBe(String(appId));
    await choice.selectOption(String(other));
    await page.getByText('@TGS#elsewhere').waitFor();
    expect(await page.getByText('@TGS#gappy').count()).toBe(0);
    expect((await context.cookies()).find(({ name }) => name === 'chat_recall_app')).toMatchObject({
      value: String(other),
      path: '/',
      sameSite: 'Strict',
    });
    await page.reload();
    await page.getByText('@TGS#elsewhere').waitFor();
    expect(await choice.inputValue()).toBe(String(other));
    // The other tab stands on the first app still, and asks for that one.
    await second.getByLabel('Only this group').fill('@TGS#whole');
    await second.keyboard.press('Enter');
    await second.getByRole('cell', { name: '@TGS#whole' }).waitFor();
    expect(await seriousFaults(page)).toEqual([]);
    expect(told).toEqual([]);
  });

  test('on a phone the app is chosen in the menu', async () => {
    const { page } = await ui.open({ viewport: { width: 390, height: 844 } });
    await page.goto(`${ui.at.url}/coverage`);
    await page.getByRole('button', { name: 'Menu' }).click();
    await page.getByRole('navigation').getByLabel('App').selectOption(String(other));
    await page.getByText('@TGS#elsewhere').waitFor();
    const [wide, width] = await page.evaluate<[number, number]>('[document.documentElement.scrollWidth, innerWidth]');
    expect(wide).toBe(width);
  });

  test('a person is erased once the figures were seen and the id was typed again', async () => {
    const { page, told } = await ui.open();
    await page.goto(`${ui.at.url}/erasures`);
    await page.getByText('Nobody was erased so far.').waitFor();
    await page.getByRole('button', { name: 'Count what would be erased' }).click();
    await page.getByText('must not be empty').first().waitFor();
    await page.getByLabel('UserID of the person').fill(person);
    await page.getByLabel('Reason').fill(`${person} asked for it`);
    await page.getByRole('button', { name: 'Count what would be erased' }).click();
    await page.getByText('must not name the person: it is kept').waitFor();
    await page.getByLabel('Reason').fill('request 12');
    await page.getByRole('button', { name: 'Count what would be erased' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.locator('[data-figure=found-messages]').waitFor();
    expect(await dialog.locator('[data-figure=found-messages]').innerText()).toBe('6');
    expect(await seriousFaults(page)).toEqual([]);
    await dialog.getByLabel('Type the UserID again').fill('user 4712');
    await dialog.getByRole('button', { name: 'Erase' }).click();
    await dialog.getByText('This is not the same UserID').waitFor();
    expect((await ui.at.get<{ items: unknown[] }>('/api/v1/erasures')).body.items).toHaveLength(0);
    await dialog.getByLabel('Type the UserID again').fill(person);
    await dialog.getByRole('button', { name: 'Erase' }).click();
    await dialog.waitFor({ state: 'detached' });
    await page.locator('[data-state=completed]').waitFor({ timeout: 60_000 });
    const row = page.getByRole('row').filter({ hasText: 'request 12' });
    await row.getByText('messages 6').waitFor();
    const { body } = await ui.at.get<{ items: unknown[] }>(`/api/v1/messages?sender=${encodeURIComponent(person)}`);
    expect(body.items).toHaveLength(0);
    expect(await seriousFaults(page)).toEqual([]);
    expect(told).toEqual([]);
  });
});
