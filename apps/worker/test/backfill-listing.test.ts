import { afterEach, beforeEach, expect, it } from '@jest/globals';
import {
  claimListing,
  listParts,
  releaseListing,
  type BackfillWork,
  type PacedGate,
} from '@chat-recall/shared/history';
import { contentOf } from '@chat-recall/shared/messages';
import { createTencentClient, type TencentClient } from '@chat-recall/shared/tencent';
import { readOne, start } from './backfill-world.ts';
import { appId, postgresBackend, startRig, type Rig } from './rig.ts';

let rig: Rig;
let client: TencentClient;
beforeEach(async () => {
  // Its own limit of a call a second would make these pages wait.
  rig = await startRig(postgresBackend, { clock: () => (clock += 1_001) });
  client = createTencentClient({
    apiUrl: rig.standIn.url,
    sdkAppId: appId,
    secretKey: rig.environment['TENCENT_SECRET_KEY'] ?? '',
    identifier: 'administrator',
    timeoutMs: 3_100,
  });
});
afterEach(async () => {
  await client.close();
  await rig.stop();
});
let clock = Date.now();

const open: PacedGate = { enter: () => Promise.resolve(), throttled: () => Promise.resolve() };

function workWith(change: Partial<BackfillWork> = {}): BackfillWork {
  return {
    db: rig.db,
    pool: rig.pool,
    appId,
    client,
    gates: { list: open, groups: open, topics: open, history: open, files: open },
    callsPerSecond: { history: 100, files: 9 },
    atOnce: 2,
    retentionDays: 90,
    read: contentOf,
    now: Date.now,
    signal: new AbortController().signal,
    onCall: () => {},
    groupIdsPerPage: 3,
    ...change,
  };
}

const lists = (): number => rig.standIn.ledger.count('get_appid_group_list');

it('goes on where it was broken off, with a Next above 2^32, and asks for no page again', async () => {
  for (let at = 0; at < 10; at += 1) rig.group(`g${at}`);
  const topics = rig.group('c', 'Community', ['a', 'b', 'c']);
  rig.standIn.addHistory({ groupId: 'c', topicId: String(topics[1]), count: 25 });
  const id = await start(rig);
  let passed = 0;
  const breaking: PacedGate = {
    ...open,
    enter: () => ((passed += 1) > 2 ? Promise.reject(new Error('the process ends here')) : Promise.resolve()),
  };
  const first = workWith();
  const work = { ...first, gates: { ...first.gates, list: breaking } };
  const listing = await claimListing(work);
  if (listing === null) throw new Error('nothing to list');
  // Another one leaves it alone as long as this one has it.
  expect(await claimListing(workWith())).toBeNull();
  await expect(listParts(work, listing)).rejects.toThrow('ends here');
  await releaseListing(rig.pool, listing);
  const { rows } = await rig.pool.query('select next_groups from backfills');
  expect(Number(rows[0]?.next_groups)).toBeGreaterThan(2 ** 32);
  expect(lists()).toBe(2);

  const second = await claimListing(workWith());
  if (second === null) throw new Error('nothing to list');
  await listParts(workWith(), second);
  expect(lists()).toBe(4);
  const listed = await readOne(rig, id);
  expect(listed).toMatchObject({
    state: 'running',
    groups: 11,
    missing: 25,
    parts: { total: 14, waiting: 1, done: 13 },
  });
  expect(listed.calls).toMatchObject({ estimated: 2, made: 4 + 1 + 1 });
  expect(rig.standIn.ledger.count('get_group_info')).toBe(1);
  expect(rig.standIn.ledger.count('get_topic')).toBe(1);
});

it('that another worker has taken over writes nothing that counts', async () => {
  for (let at = 0; at < 7; at += 1) rig.group(`g${at}`);
  const id = await start(rig);
  const late = await claimListing(workWith());
  await rig.pool.query(`update backfills set due_at = '-infinity'`);
  const now = await claimListing(workWith());
  if (late === null || now === null) throw new Error('nothing to list');
  await listParts(workWith(), now);
  await listParts(workWith(), late);
  expect(await readOne(rig, id)).toMatchObject({ state: 'running', parts: { total: 7 } });
  expect(lists()).toBe(3);
});

it('asks for fewer groups when the answer would be too large', async () => {
  for (let at = 0; at < 4; at += 1) rig.group(`g${at}`);
  rig.standIn.faults.add({ command: 'get_appid_group_list', effect: { kind: 'error-code', code: 10018 } });
  const id = await start(rig);
  const listing = await claimListing(workWith());
  if (listing === null) throw new Error('nothing to list');
  await listParts(workWith(), listing);
  expect(lists()).toBe(2);
  expect(await readOne(rig, id)).toMatchObject({ state: 'running', groups: 4 });
});
