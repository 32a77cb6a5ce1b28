import { afterAll, beforeAll, expect, test } from '@jest/globals';
import {
  expireApprovals,
  failRecall,
  judgeCanaries,
  planRecall,
  stopRecall,
  type Recall,
} from '@chat-recall/shared/recalls';
import { startAtWork, type AtWork, type Refused } from './console-at-work.ts';
import { tokenFor } from './signed-in.ts';

const chinese = { 'accept-language': 'zh-CN,zh;q=0.9,en;q=0.5' };
const selector = { senders: ['spammer'] };
let at: AtWork;
beforeAll(async () => {
  at = await startAtWork({ RECALL_APPROVAL_ABOVE: '5' });
  await at.say(Array.from({ length: 20 }, (_, n) => ({ msgSeq: n + 1 })));
});
afterAll(() => at.stop());

const causeOf = async (id: string): Promise<Recall['stateCause']> => {
  const { stateCause, stateNote } = (await at.get<Recall>(`/api/v1/recalls/${id}`)).body;
  expect(stateCause?.en).toBe(stateNote ?? undefined);
  return stateCause;
};

test('why a recall stands still is told by a code and in both languages', async () => {
  const running = async (more: object = {}): Promise<string> =>
    (await at.planned({ selector, reason: 'r', ...more })).id;

  const paused = await running();
  expect(await causeOf(paused)).toBeNull();
  await at.post(`/api/v1/recalls/${paused}/pause`);
  expect(await causeOf(paused)).toMatchObject({ code: 'paused_by_person', zh: '已由人工暂停' });
  await at.post(`/api/v1/recalls/${paused}/resume`);
  expect(await causeOf(paused)).toBeNull();

  const stopped = await running();
  await stopRecall(at.db, stopped, 10_041);
  expect(await causeOf(stopped)).toMatchObject({
    code: 'stopped_by_platform',
    zh: expect.stringMatching(/^10041：\P{ASCII}/u),
  });

  const failed = (await at.post<Recall>('/api/v1/recalls', { selector, reason: 'r' })).body.id;
  await failRecall(at.db, failed, 'planning failed: no room');
  const en = 'planning failed: no room';
  expect(await causeOf(failed)).toEqual({ code: 'planning_failed', en, zh: en });
});

test('so is a first wave that failed', async () => {
  const { id } = await at.planned({ selector, reason: 'r', canary: { messages: 10, maxFailedShare: 0.2 } });
  await at.pool.query(
    `with wave as (
       update batches set state = 'done', round = 1
        where recall_id = $1 and part = (select min(part) from batches where recall_id = $1) returning msg_seqs
     )
     update outcomes o set state = 'failed' from wave where recall_id = $1 and o.msg_seq = any(msg_seqs)`,
    [id],
  );
  expect(await judgeCanaries(at.db)).toEqual([id]);
  expect(await causeOf(id)).toMatchObject({
    code: 'first_wave_failed',
    zh: '首批消息中有 100% 失败，允许的比例为 20%。继续后将撤回其余消息。',
  });
});

test('and what moderators met: nobody approved it, or it is too large for them', async () => {
  const make = async (token: { bearer: { authorization: string } }): Promise<string> => {
    const { body } = await at.post<Recall>('/api/v1/recalls', { selector, reason: 'r' }, token.bearer);
    await planRecall(at.db, body.id);
    return body.id;
  };
  const waiting = await make(await tokenFor(at, 'moderator'));
  await at.pool.query(`update recalls set awaiting_since = now() - interval '80 hours' where id = $1`, [waiting]);
  expect(await expireApprovals(at.db)).toEqual([waiting]);
  expect(await causeOf(waiting)).toMatchObject({ code: 'approval_expired', zh: '72 小时内无人批准' });

  const large = await make(await tokenFor(at, 'moderator', { maxMessages: 3 }));
  expect(await causeOf(large)).toMatchObject({
    code: 'too_large',
    zh: '计划包含 20 条消息，申请人一次最多可撤回 3 条',
  });
});

test('a conflict is worded in the language that is asked for', async () => {
  const { id } = await at.planned({ selector, reason: 'r', mode: 'plan' });
  const detail = async (action: string, headers = {}): Promise<string> => {
    const { status, body } = await at.post<Refused>(`/api/v1/recalls/${id}/${action}`, undefined, headers);
    expect([status, body.code]).toEqual([409, 'conflict']);
    return body.detail;
  };
  expect(await detail('pause')).toBe('cannot pause a recall that is planned; it must be running');
  expect(await detail('pause', chinese)).toBe('撤回任务当前为“待执行”，无法暂停；须为“执行中”');
  expect(await detail('retry', { 'accept-language': 'fr' })).toMatch(/^cannot retry/u);
  const headers = { ...chinese, 'idempotency-key': 'once' };
  await at.post('/api/v1/recalls', { selector, reason: 'one' }, headers);
  const { body } = await at.post<Refused>('/api/v1/recalls', { selector, reason: 'another' }, headers);
  expect(body.detail).toMatch(/^该幂等键已用于另一请求/u);
});
