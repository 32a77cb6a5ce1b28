import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { Outcome, Recall } from '@chat-recall/shared/recalls';
import { describeInBrowser, eventually } from '@chat-recall/testkit';
import type { Page } from 'playwright-core';
import { token } from './console-at-work.ts';
import { tokenFor } from './signed-in.ts';
import { startUi, type UiAtWork } from './ui-at-work.ts';

const spammer = 'spammer42';
const word = '裸聊';

/** The figure of a plan or page, as a number. */
async function figure(page: Page, id: string): Promise<number> {
  return Number((await page.locator(`[data-figure=${id}]`).innerText()).replaceAll(/\D/gu, ''));
}

function idIn(page: Page): string {
  return /\/recalls\/([\w-]{36})/u.exec(page.url())?.[1] ?? '';
}

describeInBrowser('the main job in the web console', (found) => {
  let ui: UiAtWork;
  beforeAll(async () => {
    ui = await startUi(found);
    const now = Math.floor(Date.now() / 1_000);
    await ui.write(
      Array.from({ length: 260 }, (_, n) => ({
        groupId: `@TGS#${n % 3}`,
        from: n % 2 === 0 ? spammer : `user${n % 7}`,
        text: n % 10 === 0 ? `姐姐${word}，加微信 ${n}` : `=HYPERLINK("x") message ${n}`,
        msgTime: now - 3_600 + n,
      })),
    );
  });
  afterAll(() => ui.stop());

  const recallOf = async (id: string): Promise<Recall> => (await ui.at.get<Recall>(`/api/v1/recalls/${id}`)).body;

  test('from log-in to the last outcome', async () => {
    const { context, page, told } = await ui.open({ secret: null });
    await page.goto(ui.at.url);
    await page.getByLabel('Token').fill('not-a-token');
    await page.getByRole('button', { name: 'Log in' }).click();
    await page.getByText('not known here').waitFor();
    await page.getByLabel('Token').fill(token);
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'Search' }).waitFor();

    // A word of two characters, in full width around it; the address carries the search.
    await page.getByRole('combobox', { name: 'Keywords' }).fill(word);
    await page.keyboard.press('Enter');
    await page.getByRole('button', { name: 'Search' }).click();
    await page.waitForURL(/keyword=/u);
    await page.locator('mark').first().waitFor();
    expect(new Set(await page.locator('mark').allInnerTexts())).toEqual(new Set([word]));
    await page.getByRole('status').getByText('26 messages').waitFor();

    await page.getByRole('row').filter({ hasText: spammer }).first().getByRole('link', { name: spammer }).click();
    await page.waitForURL(/\/senders\?sender=spammer42/u);
    await page.locator('[data-figure=messages]').waitFor();
    expect(await figure(page, 'messages')).toBe(130);

    await page.getByRole('link', { name: 'Recall everything' }).click();
    await page.getByRole('button', { name: 'Make the plan' }).click();
    await page.getByText('must not be empty').waitFor();
    await page.getByLabel('Reason').fill('abuse of the groups');
    await page.getByRole('button', { name: 'Make the plan' }).dblclick();
    await page.waitForURL(/\/recalls\/[\w-]{36}$/u);
    await page.locator('[data-figure=toCall]').waitFor();
    const id = idIn(page);
    const { rows } = await ui.at.pool.query<{ planned: number; conversations: number; calls: number }>(
      `select sum(n)::int as planned, count(*)::int as conversations, sum((n + 9) / 10)::int as calls
         from (select conversation_id, count(*)::int as n from messages where sender = $1 group by 1) as held`,
      [spammer],
    );
    const planned = {
      planned: await figure(page, 'toCall'),
      conversations: await figure(page, 'conversations'),
      calls: await figure(page, 'calls'),
    };
    expect(planned).toEqual(rows[0]);
    expect((await ui.at.get<{ items: Recall[] }>('/api/v1/recalls')).body.items).toHaveLength(1);
    expect(ui.standIn.ledger.calls({ command: 'group_msg_recall' })).toHaveLength(0);

    ui.standIn.faults.add({ command: 'group_msg_recall', effect: { kind: 'sequence-code', code: 10_004 } });
    ui.standIn.faults.add({ command: 'group_msg_recall', times: 30, effect: { kind: 'latency', ms: 700 } });
    await page.getByRole('button', { name: 'Recall 130 messages' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('Type 130 to confirm').fill('13');
    await dialog.getByRole('button', { name: 'Recall 130 messages' }).click();
    await dialog.getByText('This is not 130').waitFor();
    await dialog.getByLabel('Type 130 to confirm').fill('130');
    await dialog.getByRole('button', { name: 'Recall 130 messages' }).click();
    await page.getByText('Live', { exact: true }).waitFor();
    await page.locator('[data-state=completed_with_failures]').waitFor({ timeout: 30_000 });
    const { counts } = await recallOf(id);
    expect(counts.failed).toBeGreaterThan(0);
    expect(Number(await page.locator('[data-outcome=failed]').innerText())).toBe(counts.failed);
    expect(Number(await page.locator('[data-outcome=recalled]').innerText())).toBe(counts.recalled);
    await page.getByRole('cell', { name: '10004' }).waitFor();

    await page.getByRole('tab', { name: 'Outcomes' }).click();
    await page.getByRole('combobox', { name: 'State' }).focus();
    await page.keyboard.press('ArrowDown');
    await page.getByRole('option', { name: 'Failed' }).click();
    await page.keyboard.press('Escape');
    await eventually(async () => {
      const badges = await page.locator('[data-cell=state] [data-state]').all();
      const states = await Promise.all(badges.map((badge) => badge.getAttribute('data-state')));
      return states.length === counts.failed && states.every((state) => state === 'failed');
    });

    await page.getByRole('button', { name: `Retry ${counts.failed} failed` }).click();
    await page.locator('[data-state=completed]').waitFor({ timeout: 30_000 });
    expect((await recallOf(id)).counts).toMatchObject({ recalled: 130, failed: 0 });

    await page.reload();
    await page.getByRole('tab', { name: 'Outcomes' }).click();
    const exportLink = page.getByRole('link', { name: 'Export CSV' });
    const [download] = await Promise.all([page.waitForEvent('download'), exportLink.click()]);
    expect(download.suggestedFilename()).toBe(`recall-${id}-outcomes.csv`);
    const csv = await readFile(await download.path(), 'utf8');
    const exported = csv
      .trim()
      .split('\r\n')
      .slice(1)
      .map((line) => line.split(','));
    const outcomes: Outcome[] = await ui.at.outcomes(id);
    const guarded = (text: string): string => (/^[=+\-@]/u.test(text) ? `'${text}` : text);
    expect(exported.map((cells) => cells.slice(0, 7))).toEqual(
      outcomes.map(({ groupId, msgSeq, sender, sentAt, state, retCode }) => [
        guarded(groupId),
        '',
        String(msgSeq),
        sender,
        sentAt,
        state,
        String(retCode),
      ]),
    );
    const { rows: stored } = await ui.at.pool.query<{ n: number }>(
      "select count(*)::int as n from outcomes where recall_id = $1 and state = 'recalled'",
      [id],
    );
    expect(stored[0]?.n).toBe(exported.length);

    // The session expires: the dialog comes first, and the file after it.
    await context.clearCookies();
    await exportLink.click();
    const renewal = page.getByRole('dialog', { name: 'Your session has expired' });
    await renewal.getByLabel('Token').fill(token);
    const [late] = await Promise.all([
      page.waitForEvent('download'),
      renewal.getByRole('button', { name: 'Log in' }).click(),
    ]);
    expect(await readFile(await late.path(), 'utf8')).toBe(csv);
    await context.setOffline(true);
    await exportLink.click();
    await page.getByText('No connection to the console').first().waitFor();
    await context.setOffline(false);

    // What was exported can be read in again: the guarded group ids are what they were.
    await page.goto(`${ui.at.url}/recalls/new`);
    await page.locator('input[type=file]').setInputFiles({
      name: 'outcomes.csv',
      mimeType: 'text/csv',
      buffer: Buffer.from(csv),
    });
    await page.getByText('130 sequences read.').waitFor();
    await page.getByLabel('Reason').fill('the same again');
    await page.getByRole('button', { name: 'Make the plan' }).click();
    await page.locator('[data-figure=alreadyRecalled]').waitFor();
    expect([await figure(page, 'alreadyRecalled'), await figure(page, 'toCall')]).toEqual([130, 0]);

    // Search marks them, with their recall.
    await page.goto(`${ui.at.url}/?sender=${spammer}`);
    await page.getByText('Recalled by admin').first().waitFor();
    expect(await page.getByRole('link', { name: 'Its recall' }).first().getAttribute('href')).toBe(`/recalls/${id}`);
    expect(told).toEqual([]);
  });

  test('what is large waits for another person, who approves the plan as it is', async () => {
    await ui.write(
      Array.from({ length: 1_001 }, (_, n) => ({ groupId: '@TGS#raid', from: 'raider', text: `raid ${n}` })),
    );
    const alice = await tokenFor(ui.at, 'moderator', { person: 'alice' });
    const bob = await tokenFor(ui.at, 'approver', { person: 'bob' });
    const { page: hers } = await ui.open({ secret: alice.secret });
    await hers.goto(`${ui.at.url}/recalls/new?selector=${encodeURIComponent('{"senders":["raider"]}')}`);
    await hers.getByLabel('Reason').fill('raid');
    await hers.getByRole('button', { name: 'Make the plan' }).click();
    await hers.getByText('another person must approve').waitFor();
    await hers.getByRole('button', { name: 'Recall 1001 messages' }).click();
    await hers.getByLabel('Type 1001 to confirm').fill('1,001');
    await hers.getByRole('dialog').getByRole('button', { name: 'Recall 1001 messages' }).click();
    await hers.locator('[data-state=awaiting_approval]').waitFor();
    await hers.getByText('You asked for this').waitFor();
    expect(await hers.getByRole('button', { name: /Approve/u }).count()).toBe(0);

    const { page: his } = await ui.open({ secret: bob.secret });
    await his.goto(hers.url());
    // More of the same arrives: the plan has drifted, and the page says so before anything runs.
    await his.getByRole('button', { name: 'Approve: recall 1001 messages' }).waitFor();
    await ui.write(
      Array.from({ length: 150 }, (_, n) => ({ groupId: '@TGS#raid', from: 'raider', text: `late ${n}` })),
    );
    await his.getByRole('button', { name: 'Approve: recall 1001 messages' }).click();
    await his.getByLabel('Type 1001 to confirm').fill('1001');
    await his.getByRole('dialog').getByRole('button', { name: 'Approve' }).click();
    await his.getByText('1001 messages matched; now 1151 do').waitFor();
    await his.getByRole('button', { name: 'Recall the plan as it was frozen' }).click();
    await his.locator('[data-state=completed]').waitFor({ timeout: 45_000 });
    await hers.locator('[data-state=completed]').waitFor();
    expect(await recallOf(idIn(his))).toMatchObject({
      counts: { planned: 1_001, recalled: 1_001 },
      approval: { approvedBy: bob.name },
    });
  });

  test('two tabs of one form, and many clicks, make one recall; pause, resume and cancel do as they say', async () => {
    const { context, page } = await ui.open();
    const before = (await ui.at.get<{ items: Recall[] }>('/api/v1/recalls')).body.items.length;
    await page.goto(`${ui.at.url}/recalls/new?selector=${encodeURIComponent('{"senders":["user1"]}')}`);
    await page.waitForURL(/draft=/u);
    const second = await context.newPage();
    await second.goto(page.url());
    for (const tab of [page, second]) await tab.getByLabel('Reason').fill('once');
    await Promise.all([page, second].map((tab) => tab.getByRole('button', { name: 'Make the plan' }).dblclick()));
    await Promise.all([page, second].map((tab) => tab.waitForURL(/\/recalls\/[\w-]{36}$/u)));
    expect(idIn(second)).toBe(idIn(page));
    expect((await ui.at.get<{ items: Recall[] }>('/api/v1/recalls')).body.items).toHaveLength(before + 1);

    ui.standIn.faults.add({ command: 'group_msg_recall', times: Infinity, effect: { kind: 'latency', ms: 2_500 } });
    const count = await figure(page, 'toCall');
    await page.getByRole('button', { name: `Recall ${count} messages` }).click();
    await page
      .getByRole('dialog')
      .getByRole('button', { name: `Recall ${count} messages` })
      .click();
    await page.getByRole('button', { name: 'Pause' }).click();
    await page.locator('[data-state=paused]').waitFor();
    await second.locator('[data-state=paused]').waitFor();
    ui.standIn.faults.clear();
    await page.getByRole('button', { name: 'Resume' }).click();
    await page.locator('[data-state=completed]').waitFor({ timeout: 30_000 });

    await page.goto(`${ui.at.url}/recalls/new?selector=${encodeURIComponent('{"senders":["user2"]}')}`);
    await page.getByLabel('Reason').fill('not after all');
    await page.getByRole('button', { name: 'Make the plan' }).click();
    await page.locator('[data-state=planned]').waitFor();
    await page.getByRole('button', { name: 'Cancel the recall' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Cancel the recall' }).click();
    await page.locator('[data-state=cancelled]').first().waitFor();
  });

  test('a session that ends and a console that is away lose nothing that was typed', async () => {
    const { page, context } = await ui.open();
    await page.goto(`${ui.at.url}/recalls/new`);
    await page.getByLabel('Senders', { exact: true }).fill('user3');
    await page.getByLabel('Reason').fill('kept over it all');
    await context.clearCookies();
    await page.getByRole('button', { name: 'Make the plan' }).click();
    const dialog = page.getByRole('dialog', { name: 'Your session has expired' });
    await dialog.getByLabel('Token').fill(token);
    await dialog.getByRole('button', { name: 'Log in' }).click();
    await page.locator('[data-state=planned]').waitFor();
    expect(await recallOf(idIn(page))).toMatchObject({ reason: 'kept over it all', selector: { senders: ['user3'] } });

    await page.goto(`${ui.at.url}/recalls/new`);
    await page.getByLabel('Senders', { exact: true }).fill('user4');
    await page.getByLabel('Reason').fill('and over this');
    await context.setOffline(true);
    await page.getByRole('button', { name: 'Make the plan' }).click();
    await page.getByText('No connection to the console').first().waitFor();
    await context.setOffline(false);
    expect(await page.getByLabel('Reason').inputValue()).toBe('and over this');
    await page.reload();
    expect(await page.getByLabel('Reason').inputValue()).toBe('and over this');
    await page.getByRole('button', { name: 'Make the plan' }).click();
    await page.locator('[data-state=planned]').waitFor();
  });

  test('faults stand beside their fields, those that only the console finds, too', async () => {
    const { page } = await ui.open();
    await page.goto(`${ui.at.url}/recalls/new`);
    await page.getByLabel('Reason').fill('r');
    await page.getByRole('button', { name: 'Make the plan' }).click();
    await page.getByText('Give senders, keywords, sequences').waitFor();
    await page.getByLabel('Senders', { exact: true }).fill(`fine\n${'x'.repeat(300)}`);
    await page.getByLabel('Messages by sequence').fill('@TGS#0,1\nnonsense');
    await page.getByRole('button', { name: 'Make the plan' }).click();
    await page.getByText('Line 2: expected group,sequence').waitFor();
    await page.getByLabel('Messages by sequence').fill('');
    await page.getByRole('button', { name: 'Make the plan' }).click();
    await page.getByText('Line 2: must have 256 characters at most').waitFor();
    expect(await page.getByLabel('Senders', { exact: true }).getAttribute('aria-invalid')).toBe('true');
  });
});
