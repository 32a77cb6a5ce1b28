import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { appendAudit, pseudonymize, system, verifyAudit, withoutSenders } from '@chat-recall/shared/audit';
import { getErasure, previewErasure, requestErasure, type Erasure } from '@chat-recall/shared/erasure';
import {
  fold,
  insertMarks,
  insertMessages,
  insertQuarantine,
  internConversations,
  pieces,
  type NewMessage,
} from '@chat-recall/shared/messages';
import { createRecall, parseOrThrow, protectSender, recallRequestSchema } from '@chat-recall/shared/recalls';
import { describeOnBackends, eventually, spawnProcess, type SpawnedProcess } from '@chat-recall/testkit';
import { placesOf, type Queues } from './everywhere.ts';
import { appId, startRig, type Rig } from './rig.ts';

const canary = 'canary-user-7741';
const canaryText = 'kanarienvogel 加微信 vx998877';
const sentAt = Date.now() - 60_000;
const main = fileURLToPath(new URL('../src/main.ts', import.meta.url));
const register = fileURLToPath(new URL('../../../packages/testkit/register-typescript.js', import.meta.url));

describeOnBackends('erasing a person', (backend) => {
  let rig: Rig;
  let conversationId: number;
  beforeEach(async () => {
    rig = await startRig(backend);
    rig.group('@TGS#A');
    const [id] = await internConversations(rig.db, [{ appId, groupId: '@TGS#A', topicId: '', groupType: '' }]);
    conversationId = Number(id);
  });
  afterEach(() => rig.stop());

  const queues = (): Queues => ({ queue: rig.jobs, onRedis: backend.name === 'redis' });
  function message(msgSeq: number, change: Partial<NewMessage> = {}): NewMessage {
    const { text = canaryText } = change;
    const row = {
      conversationId,
      msgSeq,
      appId,
      msgTime: sentAt,
      receivedAt: sentAt + 500,
      messageTypes: 1,
      raw: null,
    };
    return { ...row, sender: canary, text, folded: fold(text), pieces: pieces(fold(text)), ...change };
  }
  async function ask(sender = canary, ofApp = appId): Promise<string> {
    const found = await previewErasure(rig.db, ofApp, sender);
    const asked = { appId: ofApp, sender, reason: 'asked for it', requestedBy: 'admin', found };
    return (await requestErasure(rig.db, asked)).id;
  }
  async function erased(id: string): Promise<Erasure> {
    return eventually(
      async () => {
        const now = await getErasure(rig.db, appId, id);
        return now.state === 'completed' ? now : null;
      },
      { timeoutMs: 45_000, what: 'the end of the erasure' },
    );
  }
  async function rowsOf(): Promise<Record<string, number>> {
    const { rows } = await rig.pool.query<{ name: string; n: number }>(
      `select c.relname as name, (xpath('/row/n/text()', query_to_xml('select count(*) as n from ' || c.oid::regclass,
              false, true, '')))[1]::text::int as n
         from pg_class c where c.relkind in ('r', 'p') and c.relnamespace = 'public'::regnamespace
          and c.relname not in ('audit', 'erasures', 'sender_pseudonyms', 'ingest_samples', 'recall_grades')`,
    );
    return Object.fromEntries(rows.map(({ name, n }) => [name, n]));
  }

  test('takes id and texts out of every table, queue and metric; rows, counts and the audit stay whole', async () => {
    const worker = await rig.worker();
    const mine = await rig.say(
      Array.from({ length: 25 }, () => ({ groupId: '@TGS#A', from: canary, text: canaryText })),
    );
    await rig.say([{ groupId: '@TGS#A', from: 'somebody', text: `was ${canary} here?` }]);
    await insertMessages(rig.pool, [
      message(901, {
        sender: 'friend',
        text: 'hello',
        raw: JSON.stringify({ GroupAtInfo: [{ GroupAt_Account: canary }] }),
      }),
      message(902, { sender: 'friend', text: 'untouched', raw: JSON.stringify({ From_Account: 'friend' }) }),
      message(903, {
        sender: 'friend',
        text: `a chat\n${canaryText}\nmine`,
        messageTypes: 256,
        raw: JSON.stringify({ MsgBody: [relayOf(canary, canaryText)] }),
      }),
    ]);
    const recall = await rig.ended(await rig.recall({ selector: { senders: [canary] }, reason: `spam by ${canary}` }));
    const { id: waiting } = await createRecall(rig.db, {
      appId,
      request: parseOrThrow(recallRequestSchema, {
        selector: { keywords: ['hello'], excludeSenders: [canary] },
        reason: 'all but one',
        mode: 'plan',
      }),
      requestedBy: 'tester',
      source: 'api',
      idempotencyKey: `report-${canary}`,
    });
    await eventually(async () => (await rig.read(waiting)).state === 'planned');
    const request = { selector: { senders: [canary] }, reason: `job about ${canary}`, requestedBy: canary };
    const ran = await rig.jobs.add('recall', request);
    const refused = await rig.jobs.add('recall', { ...request, mode: canary });
    const delayed = await rig.jobs.add('recall', { ...request, priority: 'bulk' }, { delay: 3_600_000 });
    await eventually(async () => (await ran.isCompleted()) && (await refused.isFailed()));
    await insertMarks(rig.pool, [{ conversationId, msgSeq: 5_000, recalledAt: Date.now(), operator: canary }]);
    await protectSender(rig.db, appId, { sender: canary, reason: `${canary} is a guest`, createdBy: 'admin' });
    const raw = Buffer.from(JSON.stringify({ From_Account: canary, text: canaryText }));
    await insertQuarantine(rig.pool, { appId, command: 'x', raw, error: 'y' });
    await rig.pool.query(
      `insert into plan_findings (recall_id, conversation_id, msg_seq, finding, sender, told_sender, text)
       values ($1, $2, 1, 'edited', $3, $3, $4), ($1, $2, 2, 'sender_differs', 'somebody', $3, null)`,
      [recall.id, conversationId, canary, canaryText],
    );
    await rig.pool.query(
      `insert into callback_counts (app_id, day, command, details) values (${appId}, now(), 'c', $1)`,
      [JSON.stringify({ who: canary })],
    );
    const details = await withoutSenders(rig.db, appId, { sender: canary, reason: `for ${canary}` });
    await appendAudit(rig.db, system, { action: 'protected.add', details });
    await rig.pool.query('analyze');

    const strings = [canary, canaryText];
    const before = await rowsOf();
    const held = await placesOf(rig.pool, queues(), strings);
    expect(held.some((place) => place.startsWith('public.audit'))).toBe(false);
    expect(held).toContain('statistics of outcomes.sender');
    const id = await ask();
    const done = await erased(id);

    expect(await placesOf(rig.pool, queues(), strings)).toEqual([]);
    expect(await rowsOf()).toEqual(before);
    expect(done.found).toEqual({
      messages: 25,
      outcomes: 50,
      evidence: 25,
      recalls: 3,
      openRecalls: 1,
      protected: true,
    });
    expect(done.changed).toMatchObject({
      messages: 25,
      outcomes: 50,
      evidence: 25,
      recalls: 3,
      findings: 2,
      marks: 1,
      quarantined: 1,
      jobs: 3,
    });
    const { counts } = await rig.read(recall.id);
    expect(counts).toEqual(recall.counts);
    expect((await verifyAudit(rig.db)).firstBroken).toBeNull();
    // The same messages are selected as before.
    expect(await delayed.getState()).toBe('delayed');
    expect((await rig.jobs.getJob(String(delayed.id)))?.data).toMatchObject({
      selector: { senders: [`erased:${id}`] },
    });
    const again = await rig.recall({ selector: { senders: [`erased:${id}`] }, reason: 'again', mode: 'plan' });
    await rig.planned(again);
    expect((await rig.read(again)).counts.planned).toBe(0);
    expect((await rig.read(again)).protectedLeftOut).toBe(mine.length);
    const { rows } = await rig.pool.query(
      `select msg_seq, text, raw from messages where sender = 'friend' order by msg_seq`,
    );
    expect(rows).toEqual([
      { msg_seq: 901, text: 'hello', raw: null },
      { msg_seq: 902, text: 'untouched', raw: JSON.stringify({ From_Account: 'friend' }) },
      { msg_seq: 903, text: 'a chat\nmine', raw: null },
    ]);
    const metrics = await (await fetch(`${worker.url}/metrics`)).text();
    expect(metrics).not.toMatch(/canary|kanarien/u);
    const logged = await rig.pool.query<{ details: unknown }>(
      `select details from audit where action = 'erasure.complete'`,
    );
    expect(logged.rows[0]?.details).toMatchObject({ erasureId: id });
  });

  test('is gone on with after kill -9, wherever it was', async () => {
    for (let from = 0; from < 60_000; from += 5_000) {
      await insertMessages(
        rig.pool,
        Array.from({ length: 5_000 }, (_, at) =>
          message(from + at + 1, at % 2 === 0 ? {} : { sender: 'other', text: 'fine' }),
        ),
      );
    }
    const id = await ask();
    const start = (): Promise<SpawnedProcess> =>
      spawnProcess({
        script: main,
        nodeArgs: ['--conditions=source', '--import', register],
        env: { PATH: process.env['PATH'] ?? '', LOG_LEVEL: 'debug', ...rig.environment },
      });
    let kills = 0;
    const lines: string[] = [];
    let changed = 0;
    let step = 0;
    while ((await getErasure(rig.db, appId, id)).state !== 'completed') {
      // What a killed worker had in hand is free once its lease is over; the test does not wait for that.
      await rig.pool.query('update erasures set lease_until = null');
      const worker = await start();
      const seen = { changed, step };
      await eventually(
        async () => {
          const now = await getErasure(rig.db, appId, id);
          ({ done: step } = now.progress);
          changed = now.changed.messages ?? 0;
          return kills >= 3 ? now.state === 'completed' : changed > seen.changed || step > seen.step;
        },
        { timeoutMs: 40_000, what: 'the erasure to go on' },
      );
      await worker.kill();
      lines.push(...worker.lines);
      kills += 1;
    }
    expect(kills).toBeGreaterThan(1);
    expect((await getErasure(rig.db, appId, id)).changed).toEqual({ messages: 30_000 });
    expect(await placesOf(rig.pool, queues(), [canary, canaryText])).toEqual([]);
    expect(lines.join('\n')).not.toMatch(/canary|kanarien/u);
    const { rows } = await rig.pool.query(`select count(*) as n from messages where text = 'fine'`);
    expect(rows).toEqual([{ n: 30_000 }]);
  });

  test('waits for plans in the making and for jobs under way, and says so', async () => {
    await insertMessages(rig.pool, [message(1)]);
    const named = await rig.recall({ selector: { senders: [canary] }, reason: 'r', mode: 'plan' });
    await rig.pool.query(`update recalls set plan_lease_until = now() + interval '1 hour'`);
    await rig.jobs.add(
      'recall',
      { selector: { senders: [canary] }, reason: 'r' },
      { jobId: `for-${canary}`, delay: 3_600_000 },
    );
    const id = await ask();
    await rig.worker();
    const waitsFor = async (planning: number, jobs: number): Promise<unknown> =>
      eventually(async () => {
        const { waitsFor: now } = await getErasure(rig.db, appId, id);
        return now?.planning === planning && now.jobs === jobs;
      });
    await waitsFor(1, 0);
    expect(await rig.pool.query('select 1 from messages where sender = $1', [canary])).toMatchObject({ rowCount: 1 });
    await rig.pool.query('update recalls set plan_lease_until = null');
    await rig.planned(named);
    await waitsFor(0, 1);
    await (await rig.jobs.getJob(`for-${canary}`))?.remove();
    await erased(id);
    expect(await placesOf(rig.pool, queues(), [canary, canaryText])).toEqual([]);
  });

  test('is of one person of one app, and of what came before its end', async () => {
    await insertMessages(rig.pool, [
      message(1, { sender: 'bob' }),
      message(2, { sender: 'bob1', text: 'bob and bob1' }),
      message(3, { sender: 'x', text: 'bob!', raw: '{"a":"bobby"}' }),
      message(4, { sender: 'x', text: 'y', raw: String.raw`{"Data":"{\"to\":\"bob\"}"}` }),
      message(5, { sender: 'bob', appId: appId + 1 }),
    ]);
    const again = await ask('bob');
    const id = await ask('bob');
    expect(again).toBe(id);
    await rig.worker();
    await erased(id);
    await insertMessages(rig.pool, [message(6, { sender: 'bob' }), message(1, { sender: 'bob', receivedAt: 0 })]);
    const { rows } = await rig.pool.query('select msg_seq, sender, text, raw from messages order by msg_seq');
    expect(rows).toEqual([
      { msg_seq: 1, sender: `erased:${id}`, text: '', raw: null },
      { msg_seq: 2, sender: 'bob1', text: 'bob and bob1', raw: null },
      { msg_seq: 3, sender: 'x', text: 'bob!', raw: '{"a":"bobby"}' },
      { msg_seq: 4, sender: 'x', text: 'y', raw: null },
      { msg_seq: 5, sender: 'bob', text: canaryText, raw: null },
      { msg_seq: 6, sender: 'bob', text: canaryText, raw: null },
    ]);
    const next = await erased(await ask('bob'));
    expect(next.changed).toEqual({ messages: 1 });
    expect(await pseudonymize(rig.db, appId, ['bob'])).toHaveLength(1);
  });
});

function relayOf(sender: string, text: string): object {
  const said = (from: string, words: string): object => ({
    From_Account: from,
    MsgBody: [{ MsgType: 'TIMTextElem', MsgContent: { Text: words } }],
  });
  return {
    MsgType: 'TIMRelayElem',
    MsgContent: {
      Title: 'a chat',
      AbstractList: [`${sender}: ${text}`],
      MsgList: [said(sender, text), said('friend', 'mine')],
    },
  };
}
