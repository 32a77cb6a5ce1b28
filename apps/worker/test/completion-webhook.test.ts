import { createServer, type Server } from 'node:http';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { listen, urlOf } from '@chat-recall/shared/metrics';
import { listDeliveries } from '@chat-recall/shared/recalls';
import { describeOnBackends, eventually } from '@chat-recall/testkit';
import { Webhook } from 'standardwebhooks';
import { appId, startRig, type Rig } from './rig.ts';

const secret = `whsec_${Buffer.from('twenty-four bytes or more').toString('base64')}`;

describeOnBackends('the completion webhook', (backend) => {
  let rig: Rig;
  let server: Server;
  let told: { id: string; type: string; data: { id: string; state: string; selector?: unknown } }[];
  let answers: number[];
  beforeEach(async () => {
    rig = await startRig(backend);
    told = [];
    answers = [];
    server = createServer((request, response) => {
      let body = '';
      request.on('data', (chunk: Buffer) => (body += chunk.toString()));
      request.on('end', () => {
        const headers = request.headers as Record<string, string>;
        const event = new Webhook(secret).verify(body, headers) as (typeof told)[number];
        told.push({ ...event, id: String(headers['webhook-id']) });
        response.writeHead(answers.shift() ?? 204).end();
      });
    });
    await listen(server, '127.0.0.1', 0);
    rig.group('@TGS#A');
    await rig.say([{ groupId: '@TGS#A' }]);
  });
  afterEach(async () => {
    await rig.stop();
    server.closeAllConnections();
    server.close();
  });

  test('is told once of every end, signed, without the selector; again when it does not answer 2xx', async () => {
    answers = [500];
    await rig.worker({ COMPLETION_WEBHOOK_URL: urlOf(server, '127.0.0.1'), COMPLETION_WEBHOOK_SECRET: secret });
    const id = await rig.recall({ selector: { senders: ['spammer'] }, reason: 'spam' });
    await rig.ended(id);
    await eventually(() => told.length === 1);
    await eventually(
      async () => (await listDeliveries(rig.db, { appId, before: null, limit: 10 })).items[0]?.lastStatus === 500,
    );
    await rig.pool.query('update deliveries set next_at = now()');
    const done = await eventually(async () => {
      const [delivery] = (await listDeliveries(rig.db, { appId, before: null, limit: 10 })).items;
      return delivery?.deliveredAt != null && delivery;
    });
    expect(done).toMatchObject({
      recallId: id,
      state: 'completed',
      attempts: 2,
      lastStatus: 204,
      lastError: null,
      nextAt: null,
    });
    expect(told).toHaveLength(2);
    expect(told[1]).toMatchObject({ type: 'recall.ended', data: { id, state: 'completed' } });
    expect(told[1]?.id).toBe(told[0]?.id);
    expect(told[1]?.data).not.toHaveProperty('selector');
  });
});
