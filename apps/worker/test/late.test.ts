import { afterEach, beforeEach, expect, test } from '@jest/globals';
import {
  beginBatch,
  cancelRecall,
  createRecall,
  executeRecall,
  feedBatches,
  finishAttempt,
  finishRecalls,
  lookForLate,
  parseOrThrow,
  planRecall,
  protectMessage,
  protectSender,
  recallRequestSchema,
  stopFollowing,
  type Bounds,
  type Look,
  type Recall,
} from '@chat-recall/shared/recalls';
import { appId, postgresBackend, startRig, type Rig, type Sent } from './rig.ts';

let rig: Rig;
beforeEach(async () => {
  rig = await startRig(postgresBackend);
  rig.group('@TGS#A');
  rig.group('@TGS#B');
});
afterEach(() => rig.stop());

const anybody: Bounds = { person: '', approveAbove: null, maxMessages: null };

/** Planned here, without a worker. */
async function planned(request: object = {}, bounds = anybody): Promise<string> {
  const { id } = await createRecall(rig.db, {
    appId,
    request: parseOrThrow(recallRequestSchema, {
      selector: { senders: ['spammer'] },
      reason: 'spam',
      followSeconds: 600,
      ...request,
    }),
    requestedBy: 'tester',
    source: 'api',
    idempotencyKey: null,
    bounds,
  });
  await planRecall(rig.db, id);
  return id;
}

/** One look, as if the last one were a while ago. */
async function look(id: string): Promise<Look | null> {
  await rig.pool.query(`update follows set looked_at = looked_at - interval '1 second'`);
  return lookForLate(rig.db, id, null);
}

const say = (count: number, more: object = {}): Promise<Sent[]> =>
  rig.say(Array.from({ length: count }, () => ({ groupId: '@TGS#A', ...more })));

/** Every sequence that is to be called stands in one batch; counts are the rows. */
async function isExact(recall: Recall): Promise<void> {
  const { rows } = await rig.pool.query<{ batches: number; in_batches: number; distinct: number; pending: number }>(
    `select (select count(*)::int from batches) as batches,
            (select count(*)::int from batches b, unnest(b.msg_seqs)) as in_batches,
            (select count(distinct (b.conversation_id, s))::int from batches b, unnest(b.msg_seqs) s) as distinct,
            (select count(*)::int from outcomes) as pending`,
  );
  const [row] = rows;
  expect(row).toEqual({
    batches: recall.batches.total,
    in_batches: recall.counts.planned,
    distinct: recall.counts.planned,
    pending: recall.counts.planned,
  });
}

test('what comes between freezing and the start belongs to it, and is late', async () => {
  await say(4);
  const id = await planned({ mode: 'plan' });
  await say(3);
  expect(await look(id)).toBeNull();
  expect(await rig.read(id)).toMatchObject({ state: 'planned', follow: { state: 'waiting', until: null, late: 0 } });
  await executeRecall(rig.db, id, { name: 'tester', ...anybody });
  expect(await look(id)).toMatchObject({ appended: 3, leftOut: 0, ended: false });
  const recall = await rig.read(id);
  expect(recall).toMatchObject({
    counts: { matched: 7, planned: 7, pending: 7 },
    follow: { state: 'following', late: 3 },
  });
  expect(Date.parse(String(recall.follow?.until)) - Date.parse(String(recall.startedAt))).toBe(600_000);
  await isExact(recall);
  expect(recall.batches.total).toBe(1);
  expect(await look(id)).toMatchObject({ appended: 0 });
});

test('what is protected is left out and counted once', async () => {
  await protectSender(rig.db, appId, { sender: 'boss', reason: 'x', createdBy: 'x' });
  await say(2, { from: 'boss' });
  await say(2);
  const id = await planned({ selector: { senders: ['spammer', 'boss'] } });
  const [message] = await say(1);
  await protectMessage(rig.db, appId, {
    groupId: '@TGS#A',
    topicId: null,
    reason: 'x',
    createdBy: 'x',
    msgSeq: Number(message?.msgSeq),
  });
  await say(3, { from: 'boss' });
  await say(1);
  await look(id);
  await look(id);
  expect(await rig.read(id)).toMatchObject({
    counts: { matched: 9, planned: 3 },
    protectedLeftOut: 6,
    follow: { late: 1, leftOut: 0 },
  });
});

test.each([
  ['limit', { selector: { senders: ['spammer'], limit: 5 } }, anybody, '5 messages that the selector sets'],
  ['size', {}, { ...anybody, maxMessages: 5 }, 'may recall 5 messages'],
  ['approval', {}, { ...anybody, approveAbove: 5 }, 'more than 5 messages need the approval'],
] as const)('a plan does not outgrow its bounds: %s', async (code, request, bounds, words) => {
  await say(3);
  const id = await planned(request, bounds);
  await say(4);
  expect(await look(id)).toMatchObject({ appended: 2, leftOut: 2 });
  await say(1);
  expect(await look(id)).toMatchObject({ appended: 0, leftOut: 1 });
  const recall = await rig.read(id);
  expect(recall).toMatchObject({
    counts: { matched: 8, planned: 5 },
    follow: { late: 2, leftOut: 3, cause: { code } },
  });
  expect(recall.follow?.cause?.en).toContain(words);
  expect(recall.follow?.cause?.zh).toContain('5');
  await isExact(recall);
});

test('a limit that was reached while planning leaves out what comes, and counts nothing twice', async () => {
  await say(8);
  const id = await planned({ selector: { senders: ['spammer'], limit: 5 } });
  expect((await rig.read(id)).counts).toMatchObject({ matched: 8, planned: 5 });
  expect(await look(id)).toMatchObject({ appended: 0, leftOut: 0 });
  await say(1);
  await look(id);
  expect(await rig.read(id)).toMatchObject({ counts: { matched: 9, planned: 5 }, follow: { leftOut: 1 } });
});

test('the window of the selector holds for what comes', async () => {
  const now = Math.floor(Date.now() / 1_000);
  const at = (seconds: number): string => new Date((now + seconds) * 1_000).toISOString();
  const id = await planned({ selector: { senders: ['spammer'], sentFrom: at(-10), sentTo: at(10) } });
  await rig.say([-11, -10, 9, 10].map((seconds) => ({ groupId: '@TGS#A', msgTime: now + seconds })));
  await look(id);
  expect((await rig.outcomes(id)).map(({ msgSeq }) => msgSeq)).toEqual([3, 2]);
});

test('a cancelled one follows nothing; a stopped one appends nothing and ends', async () => {
  const [cancelled, stopped] = [await planned(), await planned()];
  await cancelRecall(rig.db, cancelled);
  await stopFollowing(rig.db, stopped);
  await say(2);
  for (const id of [cancelled, stopped]) expect(await look(id)).toBeNull();
  expect(await rig.read(cancelled)).toMatchObject({ counts: { planned: 0 }, follow: { state: 'ended' } });
  expect(await finishRecalls(rig.db)).toEqual([{ id: stopped, state: 'completed' }]);
  for (const id of [cancelled, stopped]) {
    await expect(stopFollowing(rig.db, id)).rejects.toMatchObject({ code: 'conflict' });
  }
});

test('one process at a time looks, and when it dies the next one does', async () => {
  const id = await planned();
  await say(2);
  const dying = await rig.pool.connect();
  dying.on('error', () => {});
  const { rows } = await dying.query<{ pid: number }>(`select pg_backend_pid() as pid`);
  await dying.query(`begin; select pg_advisory_xact_lock(hashtext('chat-recall follow'), hashtext('${id}'))`);
  expect(await look(id)).toBeNull();
  await rig.pool.query('select pg_terminate_backend($1, 5000)', [rows[0]?.pid]);
  dying.release(true);
  expect(await look(id)).toMatchObject({ appended: 2 });
});

test('two looks at once append nothing twice', async () => {
  const id = await planned();
  await say(30);
  await rig.pool.query(`update follows set looked_at = looked_at - interval '1 second'`);
  const looks = await Promise.all(Array.from({ length: 6 }, () => lookForLate(rig.db, id, null)));
  expect(looks.filter((one) => one !== null && one.appended > 0)).toHaveLength(1);
  await isExact(await rig.read(id));
});

test('when the message whose copies it follows leaves the index, it ends', async () => {
  const [copied] = await say(1, { text: 'buy my coins' });
  const id = await planned({ selector: { sameTextAs: { groupId: '@TGS#A', msgSeq: Number(copied?.msgSeq) } } });
  await say(1, { text: 'buy my coins', from: 'other' });
  expect(await look(id)).toMatchObject({ appended: 1 });
  await rig.pool.query('delete from messages where msg_seq = $1', [copied?.msgSeq]);
  expect(await look(id)).toMatchObject({ ended: true });
  expect((await rig.read(id)).follow).toMatchObject({ state: 'ended', cause: { code: 'copy_gone' } });
});

test.each([
  [{ messages: [{ groupId: '@TGS#A', msgSeqs: [1] }] }],
  [{ messages: [{ groupId: '@TGS#A', msgSeqs: [1] }], limit: 3, senders: [] }],
])('named sequences have no tail: %j', (selector) => {
  const request = { selector, reason: '', followSeconds: 10 };
  const faults = (): unknown => parseOrThrow(recallRequestSchema, request);
  expect(faults).toThrow(/reason must not be empty; followSeconds must be 0/u);
});

test.each([1, 2, 3, 4, 5])('whatever happens meanwhile, no batch in flight grows (%i)', async (seed) => {
  let state = seed * 2_654_435_761;
  const random = (below: number): number => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
  await say(7);
  const id = await planned();
  let sent = 7;
  const running: { key: { recallId: string; conversationId: number; part: number; fence: number }; id: number }[] = [];
  const taken = new Map<string, string>();
  const steps = [
    async () => {
      const count = 1 + random(14);
      sent += count;
      await say(count, { groupId: ['@TGS#A', '@TGS#B'][random(2)] });
    },
    async () => void (await look(id)),
    async () => void (await look(id)),
    async () => {
      for (const batch of await feedBatches(rig.db, appId, 1 + random(3))) {
        const begun =
          random(2) === 0 ? null : await beginBatch(rig.db, batch, { name: 'x', starts: 1, leaseSeconds: 60 });
        if (begun?.attemptId != null) running.push({ key: { ...batch, fence: begun.fence }, id: begun.attemptId });
      }
    },
    async () => {
      const [done] = running.splice(random(running.length), 1);
      if (done === undefined) return;
      const seqs = taken.get(`${done.key.conversationId}:${done.key.part}`) ?? '';
      const again = random(3) === 0;
      await finishAttempt(rig.db, {
        key: done.key,
        attempt: { id: done.id, answer: { kind: 'not_sent', httpStatus: null, cause: 'x' } },
        verdicts: seqs.split(',').map((seq) => ({
          msgSeq: Number(seq),
          retCode: null,
          presumed: false,
          lost: false,
          counts: !again,
          state: again ? ('pending' as const) : ('recalled' as const),
        })),
        next: again ? 'waiting' : 'done',
        pauseMs: 0,
        sent: null,
      });
    },
  ];
  for (let n = 0; n < 60; n += 1) {
    await steps[random(steps.length)]?.();
    const { rows } = await rig.pool.query<{ batch: string; seqs: string }>(
      `select conversation_id || ':' || part as batch, array_to_string(msg_seqs, ',') as seqs from batches
        where state <> 'waiting' or round > 0`,
    );
    for (const { batch, seqs } of rows) {
      expect([batch, seqs]).toEqual([batch, taken.get(batch) ?? seqs]);
      taken.set(batch, seqs);
    }
  }
  await look(id);
  const recall = await rig.read(id);
  expect(recall.counts).toMatchObject({ matched: sent, planned: sent });
  await isExact(recall);
});
