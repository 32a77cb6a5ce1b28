import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { cancelRecall } from '@chat-recall/shared/recalls';
import { eventually } from '@chat-recall/testkit';
import { postgresBackend, startRig, type Rig } from './rig.ts';

let rig: Rig;
beforeEach(async () => {
  rig = await startRig(postgresBackend);
});
afterEach(() => rig.stop());

test('a giant recall is cancelled at once, and what was left open is swept up', async () => {
  const msgTime = Math.floor(Date.now() / 1_000);
  const messages = 12_500;
  await rig.index(
    Array.from({ length: messages }, (_, at) => ({
      groupId: 'giant',
      topicId: null,
      from: 'spammer',
      text: 'hello',
      msgSeq: at + 1,
      msgTime,
    })),
  );
  const id = await rig.recall({ selector: { senders: ['spammer'] }, reason: 'spam', mode: 'plan' });
  const worker = await rig.worker();
  await rig.planned(id);
  await worker.stop();

  await cancelRecall(rig.db, id);
  const cancelled = await rig.read(id);
  expect(cancelled).toMatchObject({ state: 'cancelled', counts: { planned: messages } });
  expect(cancelled.counts.cancelled).toBeGreaterThan(0);
  expect(cancelled.counts.pending).toBeGreaterThan(0);

  await rig.worker();
  await eventually(async () => (await rig.read(id)).counts.pending === 0);
  expect(await rig.ended(id)).toMatchObject({
    state: 'cancelled',
    counts: { planned: messages, cancelled: messages },
    batches: { total: messages / 10, done: messages / 10 },
  });
  expect(rig.calls()).toEqual([]);
});
