import { afterEach, expect, it } from '@jest/globals';
import { eventually, type SpawnedProcess } from '@chat-recall/testkit';
import {
  daysAgo,
  endLeases,
  expectWhole,
  index,
  pages,
  readOne,
  reached,
  repeated,
  start,
  world,
} from './backfill-world.ts';
import { postgresBackend, startRig, type Rig } from './rig.ts';
import { spawnWorker } from './spawn-worker.ts';

let rig: Rig;
const workers: SpawnedProcess[] = [];
afterEach(async () => {
  await Promise.all(workers.splice(0).map((worker) => worker.kill()));
  await rig.stop();
});

async function startOne(): Promise<SpawnedProcess> {
  const worker = await spawnWorker(rig, { TENCENT_HISTORY_CALLS_PER_SECOND: '60' });
  workers.push(worker);
  return worker;
}

it('a backfill whose workers are killed is read to its end, and no page asked for twice beyond one for each kill', async () => {
  rig = await startRig(postgresBackend);
  for (const groupId of ['a', 'b', 'c', 'd']) {
    rig.group(groupId);
    rig.standIn.addHistory({ groupId, count: 310, sentFrom: daysAgo(1) });
  }
  const topics = rig.group('k', 'Community', ['one', 'two']);
  for (const topicId of topics) rig.standIn.addHistory({ groupId: 'k', topicId, count: 90 });
  rig.standIn.recallByClient({ groupId: 'a', msgSeqs: [17, 18, 300], by: 'owner', callback: false });
  const id = await start(rig);
  const kills = [4, 35];
  for (const after of kills) {
    const worker = await startOne();
    await eventually(() => pages(rig).length >= after, { timeoutMs: 30_000, what: `${after} pages` });
    await worker.kill();
    await endLeases(rig);
  }
  await startOne();
  const done = await reached(rig, id, ['completed'], false);
  expect(done).toMatchObject({ messages: 4 * 310 + 180 - 3, parts: { done: 7 } });
  await expectWhole(rig);
  expect(repeated(rig)).toBeLessThanOrEqual(kills.length);
  expect(rig.standIn.ledger.count('get_appid_group_list')).toBe(1);
}, 120_000);

it('of hourly files, the hour that was under way is read again, and nothing is there twice', async () => {
  const hourMs = 3_600_000;
  const thisHour = Math.floor(Date.now() / hourMs) * hourMs;
  rig = await startRig(postgresBackend, { clock: () => Date.now() + 3 * hourMs, history: { messagesPerFile: 400 } });
  rig.group('g');
  rig.standIn.addHistory({
    groupId: 'g',
    count: 6_000,
    sentFrom: thisHour / 1_000 - 4 * 3_600,
    sentTo: thisHour / 1_000,
  });
  const id = await start(rig, { kind: 'files', since: new Date(thisHour - 4 * hourMs) });
  const worker = await startOne();
  await eventually(async () => (await readOne(rig, id)).parts.done >= 1, { timeoutMs: 30_000, what: 'the first hour' });
  await worker.kill();
  await endLeases(rig);
  await startOne();
  await eventually(async () => (await readOne(rig, id)).parts.done >= 4, { timeoutMs: 30_000, what: 'four hours' });
  expect(await index(rig)).toEqual(world(rig));
  expect(repeated(rig)).toBeLessThanOrEqual(2);
}, 120_000);
