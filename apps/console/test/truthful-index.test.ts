import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import type { Health, Recall } from '@chat-recall/shared/recalls';
import { appId, startAtWork, type AtWork, type Refused } from './console-at-work.ts';
import { auditOf } from './signed-in.ts';

let at: AtWork;
beforeAll(async () => {
  at = await startAtWork();
});
afterAll(() => at.stop());
beforeEach(async () => {
  await at.pool.query('truncate messages, coverage, recall_marks');
});

const element = (text: string) => [{ MsgType: 'TIMTextElem', MsgContent: { Text: text } }];
const sent = {
  groupId: '@TGS#sent',
  msgSeq: 107,
  msgTime: 1_760_000_102,
  sender: 'shop',
  msgBody: element('加微信 now'),
};
interface Registered {
  readonly registered: number;
  readonly known: number;
  readonly dropped: number;
}
interface Coverage {
  readonly summary: Readonly<Record<string, number>>;
  readonly items: readonly Readonly<Record<string, unknown>>[];
  readonly nextCursor: string | null;
}

describe('registering messages', () => {
  test('that no callback tells of: they are found, covered, and the same row when they come again', async () => {
    const messages = [
      sent,
      { ...sent, msgSeq: 108, topicId: null },
      { ...sent, groupId: '@TGS#_c', topicId: '@TGS#_c@TOPIC#_t', msgSeq: 108 },
      { ...sent, msgSeq: 109, msgDropReason: 'MsgFreqCtrl' },
    ];
    const first = await at.post<Registered>('/api/v1/messages', { messages });
    expect([first.status, first.body]).toEqual([200, { registered: 3, known: 0, dropped: 1 }]);
    const again = await at.post<Registered>('/api/v1/messages', { messages });
    expect(again.body).toEqual({ registered: 0, known: 3, dropped: 1 });
    const { body } = await at.get<{ items: unknown[] }>(`/api/v1/messages?keyword=${encodeURIComponent('加微')}`);
    expect(body.items).toHaveLength(3);
    const { rows } = await at.pool.query('select distinct source from messages');
    expect(rows).toEqual([{ source: 1 }]);
    const { body: coverage } = await at.get<Coverage>('/api/v1/coverage');
    expect(coverage.summary).toMatchObject({ conversations: 2, sequences: 3, missing: 0, share: 1 });
  });

  test.each([
    [{ messages: [] }, 'messages'],
    [{ messages: [{ ...sent, msgSeq: 0 }] }, 'messages[0].msgSeq'],
    [{ messages: [{ ...sent, sender: '' }] }, 'messages[0].sender'],
    [{ messages: [{ ...sent, msgTime: 1_760_000_102_000 }] }, 'messages[0].msgTime'],
    [{ messages: [sent, { ...sent, msgBody: [{ MsgType: 'TIMTextElem' }] }] }, 'messages[1].msgBody[0].MsgContent'],
    [{ messages: [{ ...sent, text: 'x' }] }, 'messages[0].text'],
    [{ messages: Array.from({ length: 501 }, () => sent) }, 'messages'],
  ])('that are malformed names the field (%#)', async (body, path) => {
    const answer = await at.post<Refused>('/api/v1/messages', body);
    expect(answer.status).toBe(422);
    expect(answer.body.errors?.map((fault) => fault.path)).toContain(path);
    expect((await at.pool.query('select from messages')).rowCount).toBe(0);
  });
});

describe('coverage', () => {
  test('is told over all and by conversation, those that miss most first', async () => {
    const messages = [1, 2, 4, 9].map((msgSeq) => ({ ...sent, msgSeq }));
    await at.post('/api/v1/messages', { messages: [...messages, { ...sent, groupId: 'b', msgSeq: 1 }] });
    const first = await at.get<Coverage>('/api/v1/coverage?limit=1');
    expect(first.body).toMatchObject({
      summary: { conversations: 2, sequences: 10, missing: 5, incomplete: 1, share: 0.5 },
      items: [{ groupId: '@TGS#sent', firstSeq: 1, newestSeq: 9, missing: 5, history: 'open' }],
    });
    const second = await at.get<Coverage>(`/api/v1/coverage?limit=1&cursor=${first.body.nextCursor}`);
    expect(second.body).toMatchObject({ items: [{ groupId: 'b', missing: 0, share: 1 }], nextCursor: null });
    const one = await at.get<Coverage>('/api/v1/coverage?groupId=b');
    expect(one.body.items).toHaveLength(1);
    expect((await at.get<Refused>('/api/v1/coverage?cursor=zz')).status).toBe(422);

    const recall = await at.planned({
      selector: { senders: ['shop'], groupIds: ['@TGS#sent'] },
      reason: 'x',
      mode: 'plan',
    });
    const { body: plan } = await at.get<{ coverage: object; warnings: { code: string; count: number }[] }>(
      `/api/v1/recalls/${recall.id}/plan`,
    );
    expect(plan.coverage).toMatchObject({ conversations: 1, missing: 5 });
    expect(plan.warnings).toContainEqual(expect.objectContaining({ code: 'incomplete', count: 5 }));
  });

  test('and callbacks by name, and a webhook gone silent, are on the health page', async () => {
    await at.post('/api/v1/messages', { messages: [1, 3].map((msgSeq) => ({ ...sent, msgSeq })) });
    await at.pool.query(`insert into callback_counts (day, app_id, command, count, details)
      values ((now() at time zone 'UTC')::date, ${appId}, 'Alert.RequestOverLimit', 3, '{"request": 171, "limit": 200}')`);
    const { body } = await at.get<Health>('/api/v1/health');
    expect(body).toMatchObject({
      coverage: { incomplete: 1, missing: 1, refused: 0 },
      silence: null,
      commands: [{ command: 'Alert.RequestOverLimit', count: 3, details: { request: 171 } }],
    });
    await at.pool.query(`insert into callback_counts (day, app_id, command, count, last_at)
      values ('2026-01-01', ${appId}, 'Group.CallbackAfterSendMsg', 5, now() - interval '6 minutes')`);
    await at.pool.query('update coverage set told_at = now()');
    expect((await at.get<Health>('/api/v1/health')).body.silence).toBeNull();
    await at.pool.query(`update coverage set told_at = now() - interval '330 seconds'`);
    expect((await at.get<Health>('/api/v1/health')).body.silence).toMatchObject({ activeAt: expect.any(String) });
    await at.pool.query('update callback_counts set last_at = now()');
    expect((await at.get<Health>('/api/v1/health')).body.silence).toBeNull();
  });
});

describe('the proof of a recall', () => {
  test('is asked for once it has taken something back, and audited', async () => {
    await at.say([{ msgSeq: 1 }, { msgSeq: 2 }]);
    const { id } = await at.planned({ selector: { senders: ['spammer'] }, reason: 'x', mode: 'plan' });
    const early = await at.post<Refused>(`/api/v1/recalls/${id}/verify`, { all: true });
    expect([early.status, early.body.code]).toEqual([409, 'conflict']);
    await at.pool.query(
      `update recalls set state = 'completed', finished_at = now() - interval '6 minutes' where id = $1`,
      [id],
    );
    await at.pool.query(
      `insert into recall_marks (conversation_id, msg_seq, recalled_at, recall_id, answered_at, callback_at)
       select conversation_id, msg_seq, now(), recall_id, now(), case when msg_seq = 1 then now() end from outcomes where recall_id = $1`,
      [id],
    );
    const { body: before } = await at.get<Recall>(`/api/v1/recalls/${id}`);
    expect(before.proof).toMatchObject({ answered: 2, confirmed: 1, unproved: 1, flagged: true, verification: null });
    const wanted = await at.post<Recall>(`/api/v1/recalls/${id}/verify`);
    expect([wanted.status, wanted.body.proof.verification]).toEqual([200, 'wanted']);
    expect((await at.post(`/api/v1/recalls/${id}/verify`, { all: 'yes' })).status).toBe(422);
    expect((await auditOf(at, '&action=recall.verify')).map(({ recallId }) => recallId)).toEqual([id]);
  });

  test('what the comparison with history found is listed for readers, and reading it is audited', async () => {
    await at.say([{ msgSeq: 1 }, { msgSeq: 2 }, { msgSeq: 3 }]);
    const { id } = await at.planned({ selector: { senders: ['spammer'] }, reason: 'x', mode: 'plan' });
    await at.pool.query(
      `insert into plan_findings (recall_id, conversation_id, msg_seq, finding, sender, told_sender, text)
       select recall_id, conversation_id, msg_seq, 'sender_differs', sender, 'somebody', null from outcomes where recall_id = $1`,
      [id],
    );
    const { body } = await at.get<{ items: { msgSeq: number }[]; nextCursor: string }>(
      `/api/v1/recalls/${id}/findings?limit=2`,
    );
    expect(body.items.map(({ msgSeq }) => msgSeq)).toEqual([3, 2]);
    const rest = await at.get<typeof body>(`/api/v1/recalls/${id}/findings?cursor=${body.nextCursor}`);
    expect(rest.body).toMatchObject({ items: [{ msgSeq: 1, toldSender: 'somebody' }], nextCursor: null });
    const { body: recall } = await at.get<Recall>(`/api/v1/recalls/${id}`);
    expect([recall.sdkAppId, recall.check]).toEqual([appId, null]);
    expect(await auditOf(at, '&action=findings.read')).toHaveLength(2);
  });

  test('verifySenders and refresh cannot be combined with a tail', async () => {
    for (const check of ['verifySenders', 'refresh']) {
      const request = { selector: { senders: ['x'] }, reason: 'x', followSeconds: 5, [check]: true };
      const { status, body } = await at.post<Refused>('/api/v1/recalls', request);
      expect([status, body.errors?.[0]?.path]).toEqual([422, 'followSeconds']);
    }
  });
});
