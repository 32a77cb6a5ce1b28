import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { startAtWork, type AtWork } from './console-at-work.ts';

const last = '9999-12-31T23:59:59.000Z';
let at: AtWork;
beforeAll(async () => {
  at = await startAtWork();
});
afterAll(() => at.stop());

test('a message of the last second of the year 9999 leads to no time that is none', async () => {
  await at.say([
    { msgSeq: 1, msgTime: Date.parse('2026-11-21T00:00:00Z') },
    { msgSeq: 2, msgTime: Date.parse(last) },
  ]);
  interface Steps {
    readonly overTime: readonly { readonly to: string }[];
  }
  // Every answer is compared with the document, too.
  const sender = await at.get<Steps>('/api/v1/senders/spammer');
  expect(sender.body).toMatchObject({ messages: 2, lastAt: last });
  const { id } = await at.planned({ selector: { senders: ['spammer'] }, reason: 'r', mode: 'plan' });
  const plan = await at.get<Steps>(`/api/v1/recalls/${id}/plan`);
  for (const { body } of [sender, plan]) expect(body.overTime.at(-1)?.to).toBe('9999-12-31T23:59:59.999Z');
});
