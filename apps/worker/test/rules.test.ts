import { afterEach, beforeEach, expect, test } from '@jest/globals';
import {
  approveRecall,
  createRule,
  expireApprovals,
  finishRecalls,
  getRule,
  lookForLate,
  parseOrThrow,
  ruleRequestSchema,
  type Look,
  type Rule,
} from '@chat-recall/shared/recalls';
import { appId, postgresBackend, startRig, type Rig, type Sent } from './rig.ts';

let rig: Rig;
const hourMs = 3_600_000;
beforeEach(async () => {
  rig = await startRig(postgresBackend);
  rig.group('@TGS#A');
});
afterEach(() => rig.stop());

/** @param approveAbove larger caps wait for another person */
async function rule(request: object, approveAbove: number | null = null): Promise<string> {
  const made = await createRule(rig.db, {
    appId,
    request: parseOrThrow(ruleRequestSchema, {
      selector: { senders: ['spammer'] },
      reason: 'spam',
      dailyCap: 5,
      expiresAt: new Date(Date.now() + hourMs).toISOString(),
      ...request,
    }),
    requestedBy: 'tester',
    idempotencyKey: null,
    bounds: { person: 'tester', approveAbove, maxMessages: null },
    now: new Date(),
  });
  return made.id;
}
const read = (id: string): Promise<Rule> => getRule(rig.db, appId, id);
async function look(id: string): Promise<Look | null> {
  await rig.pool.query(`update follows set looked_at = looked_at - interval '1 second'`);
  return lookForLate(rig.db, id, null);
}
const say = (count: number, sinceNow = 1): Promise<Sent[]> =>
  rig.say(
    Array.from({ length: count }, () => ({ groupId: '@TGS#A', msgTime: Math.floor(Date.now() / 1_000) + sinceNow })),
  );
/** Moves what was counted back by a day. */
const midnight = (): Promise<unknown> => rig.pool.query(`update rule_days set day = day - 1`);

test('at its cap it takes back nothing more, says so, and goes on the next day with what was left', async () => {
  const id = await rule({});
  await say(4);
  expect(await look(id)).toMatchObject({ appended: 4, leftOut: 0, capped: false });
  await say(8);
  expect(await look(id)).toMatchObject({ appended: 1, leftOut: 7, capped: true });
  await say(1);
  expect(await look(id)).toMatchObject({ appended: 0, leftOut: 1, capped: false });
  const capped = await read(id);
  expect(capped).toMatchObject({
    state: 'running',
    counts: { matched: 13, planned: 5 },
    leftOut: 8,
    cause: { code: 'cap', en: expect.stringContaining('5 messages a day'), zh: expect.stringContaining('5') },
    today: { taken: 5, leftOut: 8, capped: true },
  });
  await midnight();
  expect((await read(id)).today).toMatchObject({ taken: 0, leftOut: 0, capped: false });
  expect(await look(id)).toMatchObject({ appended: 5 });
  expect(await read(id)).toMatchObject({ counts: { matched: 13, planned: 10 }, leftOut: 3, today: { taken: 5 } });
  await midnight();
  await rig.pool.query('delete from messages where msg_seq = 1');
  await say(1);
  expect(await look(id)).toMatchObject({ appended: 4 });
  expect(await read(id)).toMatchObject({ counts: { matched: 14, planned: 14 }, leftOut: 0, today: { taken: 4 } });
  expect(await rig.outcomes(id)).toHaveLength(14);
});

test('what was sent before is touched only when the selector says so', async () => {
  await say(3, -600);
  const [forward, back] = [
    await rule({}),
    await rule({ selector: { senders: ['spammer'], sentFrom: new Date(Date.now() - hourMs).toISOString() } }),
  ];
  expect(await look(forward)).toMatchObject({ appended: 0 });
  expect(await look(back)).toMatchObject({ appended: 3 });
});

test('it ends by itself when it expires, with what was sent until then', async () => {
  const id = await rule({});
  await say(2, 0);
  await rig.pool.query(
    `update follows set sent_from = null, until = now() + interval '1 second' where recall_id = $1`,
    [id],
  );
  await say(1, 60);
  await rig.pool.query(`update messages set received_at = now() + interval '1 hour' where msg_time > now()`);
  await rig.pool.query(
    `update follows set until = until - interval '3 seconds', looked_at = looked_at - interval '3 seconds'`,
  );
  await rig.pool.query(`update messages set msg_time = msg_time - interval '10 seconds' where msg_time <= now()`);
  expect(await finishRecalls(rig.db)).toEqual([]);
  expect(await look(id)).toMatchObject({ appended: 2, ended: true });
  expect(await look(id)).toBeNull();
});

test('nobody approves what has expired', async () => {
  const [expired, waiting] = [await rule({}, 4), await rule({}, 4)];
  await rig.pool.query(`update follows set until = now() - interval '1 second' where recall_id = $1`, [expired]);
  expect(await expireApprovals(rig.db)).toEqual([expired]);
  expect((await rig.read(expired)).stateCause).toMatchObject({
    code: 'approval_expired',
    en: 'it expired before anybody approved it',
  });
  await approveRecall(rig.db, waiting, { name: 'other', person: 'other' });
  expect(await read(waiting)).toMatchObject({ state: 'running', startedAt: expect.any(String) });
});
