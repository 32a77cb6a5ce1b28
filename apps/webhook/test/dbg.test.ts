import { test } from '@jest/globals';
import { sent, startReceiver } from './receiver-at-work.ts';
test('x', async () => {
  const work = await startReceiver();
  for (let i = 0; i < 3; i++) {
  await work.pool.query('truncate conversations, messages, recall_marks, quarantine');
  await work.post(sent());
  const q = async (t: string) => console.log(t, (await work.pool.query(t)).rows);
  await q('select msg_seq, pieces, text, folded from messages');
  await q(`select count(*) from messages m where m.app_id = 1400000123`);
  await q(`select count(*) from messages m where pieces @> array[6619244]`);
  await q(`select version()`);
  await q(`explain select * from messages m where pieces @> array[6619244]`);
  }
  await work.end();
});
