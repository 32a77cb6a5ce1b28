import { test } from '@jest/globals';
import { readConfig } from '@chat-recall/shared/config';
import { createLog } from '@chat-recall/shared/log';
import { describeOnBackends } from '@chat-recall/testkit';
import { createHash } from 'node:crypto';
import { appendFileSync } from 'node:fs';
import { startRig } from './rig.ts';

describeOnBackends('latency', (backend) => {
  test.each([0, 20_000])('tail with a plan of %i', async (big) => {
    const rig = await startRig(backend);
    const app = async (path: string): Promise<any> => import(new URL(`../../webhook/src/${path}`, import.meta.url).href);
    const { settings } = await app('settings.ts');
    const { createReceiver } = await app('receiver.ts');
    const base = (rig.pool as any).options.connectionString as string;
    const receiver = await createReceiver({ config: readConfig({ DATABASE_URL: base, DATABASE_POOL_SIZE: '6', TENCENT_SDK_APP_ID: '1400000000', WEBHOOK_HOST: '127.0.0.1', WEBHOOK_PORT: '0', WEBHOOK_TOKEN: 'tok' }, settings).config, log: createLog('webhook', 'error') });
    for (let g = 0; g < 5; g += 1) rig.group(`@TGS#${g}`);
    for (let n = 0; n < big; n += 5_000) await rig.say(Array.from({ length: 5_000 }, (_, k) => ({ groupId: `@TGS#${k % 5}` })));
    await rig.worker();
    const id = await rig.recall({ selector: { senders: ['spammer'] }, reason: 'x', followSeconds: 60 });
    const end = Date.now() + 58_000;
    const posted: Promise<unknown>[] = [];
    let bad = 0;
    while (Date.now() < end) {
      const groupId = `@TGS#${Math.floor(Math.random() * 5)}`;
      const sent = rig.standIn.send({ groupId, from: 'spammer', text: 'hello' } as any);
      const t = String(Math.floor(Date.now() / 1000));
      const sign = createHash('sha256').update('tok' + t).digest('hex');
      posted.push(fetch(`${receiver.url}/callback?SdkAppid=1400000000&CallbackCommand=Group.CallbackAfterSendMsg&contenttype=json&ClientIP=1.1.1.1&OptPlatform=RESTAPI&Sign=${sign}&RequestTime=${t}`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ CallbackCommand: 'Group.CallbackAfterSendMsg', GroupId: groupId, Type: 'Public', From_Account: 'spammer', MsgSeq: sent.msgSeq, MsgTime: sent.msgTime, MsgBody: [{ MsgType: 'TIMTextElem', MsgContent: { Text: 'hello' } }] }) }).then(async (r) => { await r.text(); if (r.status !== 200) { bad += 1; if (bad < 3) appendFileSync("/tmp/latency-b.txt", r.status + " bad\n"); } }));
      await new Promise((r) => setTimeout(r, 45 + Math.random() * 10));
    }
    await Promise.all(posted);
    const recall = await rig.ended(id).catch((e) => e);
    const { rows } = await rig.pool.query(`
      select count(*)::int as n, percentile_cont(array[0.5, 0.95, 0.99, 1]) within group (order by extract(epoch from a.started_at - m.received_at)) as to_call,
             percentile_cont(array[0.5,0.95,0.99,1]) within group (order by extract(epoch from a.finished_at - m.received_at)) as to_recalled
        from outcomes o join messages m using (conversation_id, msg_seq)
        join lateral (select * from attempts a where a.recall_id = o.recall_id and a.conversation_id = o.conversation_id and o.msg_seq = any(a.msg_seqs) limit 1) a on true
       where o.late`);
    appendFileSync('/tmp/latency-b.txt', `${backend.name} ${big} ${JSON.stringify({ bad, counts: recall.counts ?? String(recall), follow: recall.follow, batches: recall.batches, row: rows[0], posted: posted.length })}\n`);
    await receiver.stop();
    await rig.stop();
  }, 200_000);
});
