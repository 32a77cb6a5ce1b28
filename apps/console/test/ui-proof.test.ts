import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { Recall } from '@chat-recall/shared/recalls';
import { describeInBrowser, eventually } from '@chat-recall/testkit';
import type { Page } from 'playwright-core';
import { auditOf } from './signed-in.ts';
import { seriousFaults, startUi, type UiAtWork } from './ui-at-work.ts';

const group = '@TGS#proved';

describeInBrowser('what history says, in the web console', (found) => {
  let ui: UiAtWork;
  beforeAll(async () => {
    ui = await startUi(found, { RECALL_VERIFY: 'none' });
  });
  afterAll(() => ui.stop());

  const open = async (page: Page, path: string): Promise<void> => {
    await page.goto(ui.at.url + path);
  };
  const figure = (page: Page, id: string): Promise<string> => page.locator(`[data-figure=${id}]`).innerText();

  test('what nobody confirmed is an alarm, and is verified with history by a click', async () => {
    await ui.write(['one', 'two'].map((text) => ({ groupId: group, from: 'unproved', text })));
    const { body } = await ui.at.post<Recall>('/api/v1/recalls', { selector: { senders: ['unproved'] }, reason: 'x' });
    await eventually(async () => (await ui.at.get<Recall>(`/api/v1/recalls/${body.id}`)).body.finishedAt !== null);
    const { page, told } = await ui.open();
    await open(page, `/recalls/${body.id}`);
    await page.getByRole('button', { name: 'Verify with history' }).waitFor();
    expect(await page.locator('[data-flagged]').count()).toBe(0);
    await ui.at.pool.query(`update recalls set finished_at = now() - interval '6 minutes' where id = $1`, [body.id]);
    await page.reload();
    await page.locator('[data-flagged]').getByText('2 messages were answered as recalled').waitFor();
    expect(await seriousFaults(page)).toEqual([]);
    await page.getByRole('button', { name: 'Verify with history' }).click();
    await eventually(async () => (await figure(page, 'verified')) === '2');
    expect(await Promise.all(['answered', 'confirmed', 'unproved'].map((id) => figure(page, id)))).toEqual([
      '2',
      '0',
      '0',
    ]);
    await page.getByText('History was asked.').waitFor();
    expect(await page.locator('[data-flagged]').count()).toBe(0);
    await page.getByRole('tab', { name: 'Outcomes' }).click();
    await eventually(async () => (await page.locator('[data-proof=verified]').count()) === 2);
    expect(await page.locator('[data-proof=confirmed]').count()).toBe(0);
    expect(told).toEqual([]);
  });

  test('senders and texts are compared with history first; what was found is shown on a click, and audited', async () => {
    // A callback that was made up named somebody else.
    ui.standIn.addGroup({ groupId: group, type: 'Public' });
    const forged = ui.standIn.send({ groupId: group, from: 'innocent', text: 'hello' });
    await ui.at.say([
      { groupId: group, sender: 'framed', text: 'spam', msgSeq: forged.msgSeq, msgTime: forged.msgTime * 1_000 },
    ]);
    await ui.write([{ groupId: group, from: 'framed', text: 'spam indeed' }]);
    const { page, told } = await ui.open();
    await open(page, `/recalls/new?selector=${encodeURIComponent('{"senders":["framed"]}')}`);
    await page.getByLabel('Reason').fill('a report');
    await page.getByLabel('Compare senders with history first').check();
    await page.getByLabel('Read texts again first').check();
    await page.getByText('One call for every 20 sequences').first().waitFor();
    await page.getByRole('button', { name: 'Make the plan' }).click();
    await page.locator('[data-check=done]').getByText('compared 2 of 2').waitFor({ timeout: 30_000 });
    expect(await Promise.all(['check-senderDiffers', 'check-edited', 'toCall'].map((id) => figure(page, id)))).toEqual([
      '1',
      '0',
      '1',
    ]);
    await page.getByText('How complete the index is where this looks').waitFor();
    await page.locator('[data-figure=coverage-missing]').waitFor();
    const before = (await auditOf(ui.at, '&action=findings.read')).length;
    expect(before).toBe(0);
    await page.getByRole('button', { name: 'What was found' }).click();
    const table = page.getByRole('table', { name: 'Messages of which history says something else' });
    await table.locator('[data-finding=sender_differs]').waitFor();
    expect(await table.locator('[data-cell=sender]').innerText()).toBe('framed');
    expect(await table.locator('[data-cell=toldSender]').innerText()).toBe('innocent');
    expect((await auditOf(ui.at, '&action=findings.read')).length).toBe(1);
    expect(await seriousFaults(page)).toEqual([]);
    expect(told).toEqual([]);
  });

  test('a backfill tells first what it costs, then reads, and can be paused and cancelled', async () => {
    ui.standIn.addGroup({ groupId: '@TGS#past', type: 'Public' });
    for (let n = 0; n < 30; n += 1) ui.standIn.send({ groupId: '@TGS#past', from: 'early', text: `before ${n}` });
    const { page, told } = await ui.open();
    await open(page, '/backfills');
    await page.getByLabel('Back to').fill('2090-01-01T00:00');
    await page.getByRole('button', { name: 'Begin' }).click();
    await page.getByText('must be in the past').waitFor();
    await page.getByLabel('Back to').fill('');
    await page.getByRole('button', { name: 'Begin' }).click();
    await page.locator('[data-estimate]').waitFor({ timeout: 45_000 });
    await page.getByText(/\d+ missing sequences or hours: \d+ calls at most/u).waitFor();
    expect(Number((await figure(page, 'missing')).replaceAll(/\D/gu, ''))).toBeGreaterThanOrEqual(30);
    expect(await figure(page, 'added')).toBe('0');
    expect(await seriousFaults(page)).toEqual([]);
    await page.getByRole('button', { name: 'Read it' }).click();
    await page.locator('[data-state=completed]').waitFor({ timeout: 60_000 });
    expect(Number(await figure(page, 'added'))).toBeGreaterThanOrEqual(30);
    expect((await ui.at.get<{ items: unknown[] }>('/api/v1/messages?sender=early')).body.items).toHaveLength(30);

    await page.getByRole('link', { name: 'All backfills' }).click();
    await page.getByRole('table').locator('[data-state=completed]').waitFor();
    await page.getByRole('button', { name: 'Begin' }).click();
    await page.locator('[data-estimate]').waitFor({ timeout: 45_000 });
    await page.getByRole('button', { name: 'Cancel' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Cancel' }).click();
    await page.locator('[data-state=cancelled]').waitFor();
    expect(await page.getByRole('button', { name: 'Resume' }).count()).toBe(0);
    expect(told).toEqual([]);
  });
});
