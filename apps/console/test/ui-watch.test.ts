import { createServer, type Server } from 'node:http';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { listen, urlOf } from '@chat-recall/shared/metrics';
import type { Recall } from '@chat-recall/shared/recalls';
import { describeInBrowser, eventually } from '@chat-recall/testkit';
import type { Page } from 'playwright-core';
import { auditOf } from './signed-in.ts';
import { startUi, type UiAtWork } from './ui-at-work.ts';

const group = '@TGS#watched';

describeInBrowser('watching and looking back in the web console', (found) => {
  let ui: UiAtWork;
  /** Where the completion webhook tells; answers with what `answers` holds, then 204. */
  let told: Server;
  const answers: number[] = [];
  beforeAll(async () => {
    told = createServer((request, response) => {
      request.resume();
      request.on('end', () => response.writeHead(answers.shift() ?? 204).end());
    });
    await listen(told, '127.0.0.1', 0);
    ui = await startUi(found, {
      COMPLETION_WEBHOOK_URL: urlOf(told, '127.0.0.1'),
      COMPLETION_WEBHOOK_SECRET: `whsec_${Buffer.from('twenty-four bytes or more').toString('base64')}`,
    });
  });
  afterAll(async () => {
    await ui.stop();
    told.closeAllConnections();
    told.close();
  });

  const write = (from: string, texts: readonly string[]): Promise<void> =>
    ui.write(texts.map((text) => ({ groupId: group, from, text })));
  const recall = async (request: object): Promise<Recall> => {
    const { body } = await ui.at.post<Recall>('/api/v1/recalls', { reason: 'test', ...request });
    return eventually(async () => {
      const { body: now } = await ui.at.get<Recall>(`/api/v1/recalls/${body.id}`);
      return now.finishedAt !== null && now;
    });
  };
  const open = async (page: Page, path: string): Promise<void> => {
    await page.goto(ui.at.url + path);
  };

  test('a first wave that fails too often pauses the recall, which says why and can go on', async () => {
    await write(
      'waver',
      Array.from({ length: 60 }, (_, n) => `wave ${n}`),
    );
    const { page, told: complaints } = await ui.open();
    await open(page, `/recalls/new?selector=${encodeURIComponent('{"senders":["waver"]}')}`);
    await page.getByLabel('Reason').fill('try a few');
    await page.getByLabel('Try a few first').check();
    await page.getByLabel('First wave, messages').fill('0');
    await page.getByLabel('Pause when more than this fail').fill('101');
    await page.getByRole('button', { name: 'Make the plan' }).click();
    await eventually(async () => (await page.locator('[aria-invalid=true]').count()) === 2);
    await page.getByLabel('First wave, messages').fill('20');
    await page.getByLabel('Pause when more than this fail').fill('10');
    await page.getByRole('button', { name: 'Make the plan' }).click();
    await page.locator('[data-state=planned]').waitFor();
    ui.standIn.faults.add({
      command: 'group_msg_recall',
      times: Infinity,
      effect: { kind: 'sequence-code', code: 10_031 },
    });
    await page.getByRole('button', { name: 'Recall 60 messages' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Recall 60 messages' }).click();
    await page.locator('[data-state=paused]').waitFor({ timeout: 30_000 });
    await page.getByText('First wave of 20 failed too often').waitFor();
    await page.getByText(/% of the first wave failed; 10 % were allowed/u).waitFor();
    const called = ui.standIn.ledger.calls({ command: 'group_msg_recall' }).length;
    expect(called).toBe(2);

    ui.standIn.faults.clear();
    await page.getByRole('button', { name: 'Resume' }).click();
    await page.locator('[data-state=completed_with_failures]').waitFor({ timeout: 30_000 });
    expect(Number(await page.locator('[data-outcome=recalled]').innerText())).toBeGreaterThanOrEqual(40);
    expect(complaints).toEqual([]);
  });

  test('what was recalled stays readable, and looking at it is written into the audit', async () => {
    const hostile = '<b onmouseover=alert(1)>buy</b>';
    await write('seller', ['加微信 usdt', hostile]);
    const { id } = await recall({ selector: { senders: ['seller'] } });
    const { page, told: complaints } = await ui.open();
    await open(page, `/recalls/${id}`);
    const before = (await auditOf(ui.at)).length;
    await page.getByRole('tab', { name: 'What was recalled' }).click();
    await page.getByText('Opening this is written into the audit.').waitFor();
    expect((await auditOf(ui.at)).length).toBe(before);
    await page.getByRole('button', { name: 'Show' }).click();
    const table = page.getByRole('table', { name: 'What this recall took back' });
    await table.getByText(hostile, { exact: true }).waitFor();
    expect((await table.locator('[data-cell=text]').allInnerTexts()).sort()).toEqual([hostile, '加微信 usdt'].sort());
    expect((await auditOf(ui.at)).slice(before)).toMatchObject([
      { action: 'evidence.read', recallId: id, via: 'browser' },
    ]);
    expect(complaints).toEqual([]);
  });

  test('Health shows what the completion webhook was told, what it answered, and leads to the recall', async () => {
    answers.push(500);
    await write('ended', ['one']);
    const { id } = await recall({ selector: { senders: ['ended'] } });
    const { page, told: complaints } = await ui.open();
    await open(page, '/health');
    const row = page.getByRole('row').filter({ has: page.getByRole('link', { name: id }) });
    await eventually(async () => {
      await page.reload();
      await row.waitFor();
      return (await row.innerText()).includes('500');
    });
    expect(await row.locator('[data-cell=tries]').innerText()).toBe('1');
    await ui.at.pool.query('update deliveries set next_at = now() where delivered_at is null');
    await eventually(async () => {
      await page.reload();
      await row.waitFor();
      return (await row.innerText()).includes('204');
    });
    expect(await row.locator('[data-cell=tries]').innerText()).toBe('2');
    await row.getByRole('link', { name: id }).click();
    await page.waitForURL(`${ui.at.url}/recalls/${id}`);
    expect(complaints).toEqual([]);
  });

  test('a failed job is retried in the frame of the queue UI: it runs, and the audit says who did it', async () => {
    await write('jobless', ['one']);
    ui.standIn.faults.add({
      command: 'group_msg_recall',
      times: Infinity,
      effect: { kind: 'sequence-code', code: 10_004 },
    });
    const { id, counts } = await recall({ selector: { senders: ['jobless'] } });
    expect(counts.failed).toBe(1);
    ui.standIn.faults.clear();
    const { page } = await ui.open();
    await open(page, '/queue');
    const frame = page.frameLocator('iframe');
    await frame
      .getByRole('link', { name: /recall-batches/u })
      .first()
      .click();
    await frame
      .getByRole('link', { name: /^failed/iu })
      .first()
      .click();
    await frame.getByText('10004').first().waitFor();
    await frame.getByRole('button', { name: 'Retry all' }).click();
    await frame.getByRole('button', { name: 'Confirm' }).click();
    await eventually(async () => {
      const { body } = await ui.at.get<Recall>(`/api/v1/recalls/${id}`);
      return body.state === 'completed' && body.counts.recalled === 1;
    });
    const [row] = (await auditOf(ui.at)).filter(({ action }) => action.startsWith('queue.'));
    expect(row).toMatchObject({ action: 'queue.retry', actor: 'admin', via: 'queue-ui' });
    expect(row?.details).toMatchObject({ queue: 'recall-batches' });
    await open(page, '/audit');
    await page.getByRole('row').filter({ hasText: 'queue.retry' }).getByText('queue-ui').first().waitFor();
  });

  test('who and what is protected is left out of a plan; both can be given up again', async () => {
    await write('support', ['we are here to help', 'rules']);
    await write('guest', ['rules, too', 'hello']);
    const { page, told: complaints } = await ui.open();
    await open(page, '/protected');
    const sender = page.getByRole('form', { name: 'Protect a sender' });
    await sender.getByLabel('Sender').fill('support');
    await sender.getByLabel('Reason').fill('our own staff');
    await sender.getByRole('button').click();
    await page.getByRole('cell', { name: 'support', exact: true }).waitFor();
    const { rows } = await ui.at.pool.query<{ msg_seq: number }>(
      "select msg_seq::int from messages where sender = 'guest' and text = 'rules, too'",
    );
    const message = page.getByRole('form', { name: 'Protect a message' });
    await message.getByLabel('Group').fill(group);
    await message.getByLabel('Sequence').fill('no number');
    await message.getByLabel('Reason').fill('the rules');
    await message.getByRole('button').click();
    await message.locator('[aria-invalid=true]').waitFor();
    await message.getByLabel('Sequence').fill(String(rows[0]?.msg_seq));
    await message.getByRole('button').click();
    await page.getByRole('button', { name: `Remove ${group} #${rows[0]?.msg_seq}` }).waitFor();

    await open(page, '/senders?sender=support');
    await page.getByText('Protected: our own staff').waitFor();
    await open(page, `/recalls/new?selector=${encodeURIComponent('{"senders":["support","guest"]}')}`);
    await page.getByLabel('Reason').fill('both');
    await page.getByRole('button', { name: 'Make the plan' }).click();
    await page.locator('[data-figure=toCall]').waitFor();
    expect(await page.locator('[data-figure=toCall]').innerText()).toBe('1');

    await open(page, '/protected');
    for (const name of ['support', `${group} #${rows[0]?.msg_seq}`]) {
      await page.getByRole('button', { name: `Remove ${name}` }).click();
      await page.getByRole('dialog').getByRole('button', { name: 'Remove' }).click();
      await page.getByRole('button', { name: `Remove ${name}` }).waitFor({ state: 'detached' });
    }
    expect(complaints).toEqual([]);
  });
});
