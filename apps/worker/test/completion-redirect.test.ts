import { createServer, type Server } from 'node:http';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { listen, urlOf } from '@chat-recall/shared/metrics';
import { listDeliveries } from '@chat-recall/shared/recalls';
import { eventually } from '@chat-recall/testkit';
import { appId, postgresBackend, startRig, type Rig } from './rig.ts';

let rig: Rig;
let servers: Server[];
beforeEach(async () => {
  rig = await startRig(postgresBackend);
  servers = [];
  rig.group('@TGS#A');
  await rig.say([{ groupId: '@TGS#A' }]);
});
afterEach(async () => {
  await rig.stop();
  for (const server of servers) server.closeAllConnections();
  for (const server of servers) server.close();
});

/** Answers everything alike; the paths that were asked for. */
async function serving(status: number, location?: string): Promise<{ url: string; asked: string[] }> {
  const asked: string[] = [];
  const server = createServer((request, response) => {
    asked.push(`${request.method} ${request.url}`);
    request.resume();
    response.writeHead(status, location === undefined ? {} : { location }).end();
  });
  servers.push(server);
  await listen(server, '127.0.0.1', 0);
  return { url: urlOf(server, '127.0.0.1'), asked };
}

test.each([301, 302, 303, 307, 308])('the completion webhook does not follow a redirect: %i', async (status) => {
  const within = await serving(204);
  const hook = await serving(status, `${within.url}/metadata`);
  await rig.worker({
    COMPLETION_WEBHOOK_URL: `${hook.url}/hook`,
    COMPLETION_WEBHOOK_SECRET: `whsec_${Buffer.from('twenty-four bytes or more').toString('base64')}`,
  });
  await rig.ended(await rig.recall({ selector: { senders: ['spammer'] }, reason: 'spam' }));
  const tried = await eventually(async () => {
    const [delivery] = (await listDeliveries(rig.db, { appId, before: null, limit: 10 })).items;
    return delivery?.lastError != null && delivery;
  });
  expect(tried).toMatchObject({ attempts: 1, deliveredAt: null, lastStatus: null });
  expect(hook.asked).toEqual(['POST /hook']);
  expect(within.asked).toEqual([]);
});
