import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { createDb, type Db } from '@chat-recall/shared/db';
import { fold, pieces, searchMessages, typeNames } from '@chat-recall/shared/messages';
import {
  callbacks,
  createWebhookSender,
  elements,
  sampleBody,
  seededRandom,
  type CallbackBody,
} from '@chat-recall/simulator';
import { appId, ok, recalled, sent, startReceiver, token, type AtWork } from './receiver-at-work.ts';

let work: AtWork;
let db: Db;
beforeAll(async () => {
  work = await startReceiver({ METRICS_PORT: '0' });
  db = createDb(work.pool);
});
afterAll(() => work.end());
/** Conversations stay: the receiver remembers them. */
beforeEach(async () => {
  await work.pool.query('truncate messages, recall_marks, quarantine');
});

/** Where the messages and marks are. */
async function places(): Promise<Record<string, unknown>[]> {
  return work.rows('conversations', 'topic_id, group_id').then(async (rows) => {
    const used = [...(await work.rows('messages')), ...(await work.rows('recall_marks'))].map(
      (row) => row['conversation_id'],
    );
    return rows.filter((row) => used.includes(row['conversation_id']));
  });
}

/** What a moderator finds. */
async function find(keyword: string): Promise<number[]> {
  const selection = {
    appId,
    senders: [],
    excludeSenders: [],
    keywords: [fold(keyword)],
    conversationIds: null,
    sequences: null,
    sameText: null,
    hash: null,
    messageTypes: 0,
  };
  const { items } = await searchMessages(db, { selection, sentFrom: null, sentTo: null, after: null, limit: 100 });
  return items.map(({ msgSeq }) => msgSeq);
}

describe('a message', () => {
  test('is stored with all that the index needs', async () => {
    const body = sent({ MsgBody: [elements.text('加 Ｖ信'), elements.face(3, '[ok]')] });
    const before = Date.now();
    expect(await work.post(body)).toEqual(ok);
    const [row] = await work.rows('messages');
    expect(row).toMatchObject({
      msg_seq: 7,
      app_id: appId,
      msg_time: new Date(1_760_000_102_000),
      sender: 'tomas',
      text: '加 Ｖ信\n[ok]',
      folded: '加 v信 [ok]',
      pieces: pieces('加 v信 [ok]'),
      raw: JSON.stringify(body),
    });
    expect(typeNames(Number(row?.['message_types']))).toEqual(['TIMTextElem', 'TIMFaceElem']);
    expect(Number(row?.['received_at'])).toBeGreaterThanOrEqual(before);
    expect(await places()).toMatchObject([
      { app_id: appId, group_id: '@TGS#2EXAMPLE07', topic_id: '', group_type: 'Public' },
    ]);
  });

  test('of 2018, with nothing but what must be there', async () => {
    const least = { CallbackCommand: 'Group.CallbackAfterSendMsg', GroupId: 'g', MsgSeq: 1, MsgBody: [] };
    const before = Date.now();
    expect(await work.post(least)).toEqual(ok);
    const [row] = await work.rows('messages');
    expect(row).toMatchObject({ sender: '', text: '', folded: null, pieces: [], message_types: 0 });
    expect(Number(row?.['msg_time'])).toBeGreaterThanOrEqual(before);
  });

  test.each([
    ['MsgTime', {}, 1_760_000_102_000],
    ['EventTime without MsgTime', { MsgTime: undefined }, 1_760_000_102_377],
    ['EventTime as a string', { MsgTime: undefined, EventTime: '1760000103000' }, 1_760_000_103_000],
    ['the beginning of time', { MsgTime: 0 }, 0],
    ['the end of time', { MsgTime: 253_402_300_799 }, 253_402_300_799_000],
  ])('has its time from %s', async (_what, change, time) => {
    expect(await work.post(sent(change))).toEqual(ok);
    expect(await work.rows('messages')).toMatchObject([{ msg_time: new Date(time) }]);
  });

  test('that is for those online only is not stored', async () => {
    expect(await work.post(sent({ OnlineOnlyFlag: 1 }))).toEqual(ok);
    expect(await work.post(sent({ OnlineOnlyFlag: 1, MsgSeq: 0 }))).toEqual(ok);
    expect(await work.rows('messages')).toEqual([]);
  });

  test('of a topic belongs to the topic, and each topic has its own sequences', async () => {
    const topic = '@TGS#_@TGS#cEXAMPLE07@TOPIC#_general';
    const community = { GroupId: '@TGS#_@TGS#cEXAMPLE07', Type: 'Community' };
    for (const TopicId of [undefined, '', topic, `${topic}2`])
      expect(await work.post(sent({ ...community, TopicId }))).toEqual(ok);
    const conversations = await places();
    expect(conversations.map((row) => row['topic_id'])).toEqual(['', topic, `${topic}2`]);
    const messages = await work.rows('messages', 'conversation_id');
    expect(new Set(messages.map((row) => row['conversation_id']))).toEqual(
      new Set(conversations.map((row) => row['conversation_id'])),
    );
  });

  test('with the largest numbers, unknown fields and elements, hostile names', async () => {
    const body = JSON.stringify(
      sent({
        MsgSeq: Number.MAX_SAFE_INTEGER,
        Random: 2 ** 64,
        Extra: { a: [1, { b: null }] },
        MsgBody: [{ MsgType: 'TIMSparkleElem' }, elements.text('x')],
      }),
    ).replace('{', '{"__proto__":{"GroupId":5},"constructor":{"prototype":1},');
    expect(await work.post(body)).toEqual(ok);
    const [row] = await work.rows('messages');
    expect(row).toMatchObject({ msg_seq: Number.MAX_SAFE_INTEGER, text: 'x', raw: body });
    expect(typeNames(Number(row?.['message_types']))).toEqual(['TIMTextElem', 'other']);
  });

  test('with U+0000 and lone surrogates is cleaned, and found', async () => {
    const dirty = { Text: 'free\0 加\ud800微信 \udc00 😀' };
    expect(
      await work.post(
        sent({
          From_Account: 'a\0b\ud801',
          GroupId: 'g\0',
          TopicId: '\0',
          Type: '\0Public',
          MsgBody: [{ MsgType: 'TIMTextElem', MsgContent: dirty }],
        }),
      ),
    ).toEqual(ok);
    expect(await work.rows('messages')).toMatchObject([{ sender: 'ab\ufffd', text: 'free 加\ufffd微信 \ufffd 😀' }]);
    expect(await places()).toMatchObject([{ group_id: 'g', topic_id: '', group_type: 'Public' }]);
    for (const keyword of ['free', '微信', '😀']) expect(await find(keyword)).toEqual([7]);
  });

  test('in bytes that are no UTF-8, or behind a byte order mark, is stored and found', async () => {
    const bytes = Buffer.from(JSON.stringify(sent()).replace('parcel', 'par@cel'));
    bytes[bytes.indexOf('@cel')] = 0xff;
    expect(await work.post(bytes)).toEqual(ok);
    expect(await work.post(`\ufeff${JSON.stringify(sent({ MsgSeq: 8 }))}`)).toEqual(ok);
    expect(await work.rows('messages', 'msg_seq')).toMatchObject([
      { text: 'the par\ufffdcel is here' },
      { text: 'the parcel is here' },
    ]);
    expect(await find('cel is')).toEqual([8, 7]);
  });

  test('of every element type is found by its words', async () => {
    const words: [unknown[], string][] = [
      [[elements.text('微信号 spam88')], '微信'],
      [[elements.location('Fourth Bridge', 30, 120)], 'fourth bridge'],
      [[elements.face(1, '[裂开]')], '裂开'],
      [[elements.custom({ t: 'card', body: { words: ['兼职\n刷单'] } }, 'desc-word', 'ext-word')], '兼职 刷单'],
      [
        [
          {
            MsgType: 'TIMCustomElem',
            MsgContent: { Data: '{"a":"\\u88f8\\u804a"}', Desc: '', Ext: '{"e":"ext-word"}' },
          },
        ],
        '裸聊',
      ],
      [[elements.file('f', 'file:///tmp/%E5%8F%91%E7%A5%A8.pdf')], '发票.pdf'],
      [
        [
          elements.relay(
            'Chat record',
            ['a: hi'],
            [
              {
                From_Account: 'a',
                GroupId: 'g',
                MsgSeq: 1,
                MsgRandom: 1,
                MsgTimeStamp: 1,
                MsgBody: [elements.text('博彩网')],
              },
            ],
          ),
        ],
        '博彩',
      ],
    ];
    for (const [at, [MsgBody]] of words.entries())
      expect(await work.post(sent({ MsgSeq: at + 1, MsgBody }))).toEqual(ok);
    for (const [at, [, keyword]] of words.entries()) expect(await find(keyword)).toEqual([at + 1]);
    expect(await find('ext-word')).toEqual([5, 4]);
    expect(await find('chat RECORD')).toEqual([7]);
  });
});

describe('a recall event', () => {
  test('marks its messages, before or after they are known', async () => {
    const event = recalled({ MsgSeqList: [{ MsgSeq: 7, MsgId: 'x' }, { MsgSeq: 9 }, { MsgSeq: 7 }] });
    expect(await work.post(event)).toEqual(ok);
    expect(await work.post(sent())).toEqual(ok);
    const at = new Date(1_760_000_200_001);
    expect(await work.rows('recall_marks', 'msg_seq')).toMatchObject([
      { msg_seq: 7, recalled_at: at, callback_at: at, operator: 'administrator', recall_id: null },
      { msg_seq: 9, recalled_at: at, callback_at: at, operator: 'administrator', recall_id: null },
    ]);
    const [message] = await work.rows('messages');
    const [mark] = await work.rows('recall_marks', 'msg_seq');
    expect(mark?.['conversation_id']).toBe(message?.['conversation_id']);
  });

  test('of a topic, without operator, with its time as a string', async () => {
    expect(
      await work.post(recalled({ TopicId: 't', Operator_Account: undefined, EventTime: '1760000200002' })),
    ).toEqual(ok);
    expect(await work.rows('recall_marks')).toMatchObject([
      { operator: null, recalled_at: new Date(1_760_000_200_002) },
    ]);
    expect(await places()).toMatchObject([{ topic_id: 't' }]);
  });

  test('may hold more sequences than a batch', async () => {
    const MsgSeqList = Array.from({ length: 12_000 }, (_, at) => ({ MsgSeq: at + 1 }));
    expect(await work.post(recalled({ MsgSeqList }))).toEqual(ok);
    expect(await work.rows('recall_marks')).toHaveLength(12_000);
  });
});

describe('other commands', () => {
  test.each([
    'Group.CallbackBeforeSendMsg',
    'Alert.RequestOverLimit',
    'Some.FutureCommand',
    '__proto__',
    'constructor',
  ])('%s is answered OK', async (CallbackCommand) => {
    expect(await work.post({ CallbackCommand, GroupId: 5 })).toEqual(ok);
    expect(await work.rows('messages')).toEqual([]);
  });

  test('are counted, under a bounded set of names', async () => {
    const metrics = await (await fetch(`${work.receiver.metricsUrl}/metrics`)).text();
    expect(metrics).toMatch(/callbacks_total\{command="Alert.RequestOverLimit",result="noted",[^}]*\} 1\n/u);
    expect(metrics).toMatch(/callbacks_total\{command="other",result="ignored",[^}]*\} 3\n/u);
    expect(metrics).toMatch(/callbacks_total\{command="Group.CallbackAfterSendMsg",result="online_only",[^}]*\} 2\n/u);
    expect(metrics).toMatch(/ingest_commit_seconds_count/u);
    expect(metrics).not.toMatch(/FutureCommand|constructor/u);
  });
});

test('each callback three times, shuffled, recall events first: the same rows', async () => {
  const random = seededRandom(5);
  const groups = ['@TGS#2EXAMPLE01', '@TGS#2EXAMPLE02', '@TGS#_@TGS#cEXAMPLE03'];
  const messages = Array.from({ length: 300 }, (_, at): CallbackBody => {
    const topicId = at % 9 === 2 ? '@TGS#_@TGS#cEXAMPLE03@TOPIC#_general' : null;
    return callbacks.afterSendMsg(
      {
        groupId: String(groups[at % 3]),
        topicId,
        type: 'Public',
        from: `user${at % 11}`,
        msgSeq: at + 1,
        msgTime: 1_760_000_000 + at,
        random: at,
        body: sampleBody(random),
        eventTime: 1_760_000_000_000 + at * 1000,
      },
      (['newest', '2024', '2018'] as const)[at % 3],
    );
  });
  const recalls = messages
    .filter((_body, at) => at % 4 === 0)
    .map(({ GroupId, TopicId, MsgSeq }, at) =>
      callbacks.afterRecallMsg({
        groupId: String(GroupId),
        topicId: typeof TopicId === 'string' ? TopicId : null,
        type: 'Public',
        operator: 'admin',
        msgSeqs: [Number(MsgSeq), 1_000 + at],
        eventTime: 1_760_001_000_000 + at,
      }),
    );
  const sender = (change: object): ReturnType<typeof createWebhookSender> =>
    createWebhookSender({ url: `${work.receiver.url}/callback`, sdkAppId: appId, token, connections: 16, ...change });
  const snapshot = async (): Promise<unknown> => ({
    messages: (await work.rows('messages')).map(({ received_at: _received, ...row }) => row),
    marks: await work.rows('recall_marks'),
    conversations: await work.rows('conversations'),
  });

  const once = sender({ connections: 1 });
  expect(await once.sendMany([...messages, ...recalls])).toMatchObject({ ok: 375, posted: 375 });
  await once.close();
  const expected = await snapshot();
  expect((expected as { messages: unknown[] }).messages).toHaveLength(300);

  const again = sender({ reorderWindow: 400 });
  expect(
    await again.sendMany([...recalls, ...messages, ...recalls, ...messages, ...recalls, ...messages]),
  ).toMatchObject({ ok: 1_125 });
  expect(await snapshot()).toEqual(expected);

  await work.pool.query('truncate messages, recall_marks');
  expect(await again.sendMany([...recalls, ...messages, ...messages, ...messages, ...recalls])).toMatchObject({
    ok: 1_050,
  });
  await again.close();
  expect(await snapshot()).toEqual(expected);
});

describe('what the database refuses', () => {
  test('one bad callback among many is quarantined, its neighbours are stored', async () => {
    await work.pool.query(`alter table messages add constraint no_poison check (text not like '%poison%')`);
    await work.pool.query(`alter table recall_marks add constraint no_poison check (operator <> 'poison')`);
    try {
      const bodies = Array.from({ length: 120 }, (_, at) =>
        at % 50 === 33 ? sent({ MsgSeq: at + 1, MsgBody: [elements.text('poison')] }) : sent({ MsgSeq: at + 1 }),
      );
      bodies.push(recalled({ Operator_Account: 'poison' }), recalled({ MsgSeqList: [{ MsgSeq: 8 }] }));
      expect(await Promise.all(bodies.map((body) => work.post(body)))).toEqual(bodies.map(() => ok));
      expect(await work.rows('messages')).toHaveLength(118);
      expect(await work.rows('recall_marks')).toMatchObject([{ msg_seq: 8 }]);
      const aside = await work.rows('quarantine');
      expect(aside).toHaveLength(3);
      expect(aside.map(({ raw }) => (raw as Buffer).toString()).sort()).toEqual(
        [bodies[33], bodies[83], bodies[120]].map((body) => JSON.stringify(body)).sort(),
      );
      expect(aside[0]).toMatchObject({ app_id: appId, error: 'refused by the database, SQLSTATE 23514' });
      expect(work.log.join('')).not.toContain('poison');
    } finally {
      await work.pool.query('alter table messages drop constraint no_poison');
      await work.pool.query('alter table recall_marks drop constraint no_poison');
    }
  });

  test('ids too long for an index', async () => {
    const long = Array.from(
      Buffer.from(Array.from({ length: 9_000 }, (_, at) => (at * at * 31 + at) % 251)).toString('base64'),
    ).join('');
    const bodies = [
      sent({ GroupId: long }),
      sent({ From_Account: long, MsgSeq: 8 }),
      sent(),
      recalled({ TopicId: long }),
    ];
    expect(await Promise.all(bodies.map((body) => work.post(body)))).toEqual(bodies.map(() => ok));
    expect(await work.rows('messages')).toMatchObject([{ msg_seq: 7 }]);
    expect(await work.rows('quarantine')).toHaveLength(3);
  });
});

test('WEBHOOK_KEEP_RAW=false keeps no body, WEBHOOK_ALLOW_UNSIGNED takes unsigned ones, WEBHOOK_PATH is the path', async () => {
  const other = await startReceiver({
    WEBHOOK_KEEP_RAW: 'false',
    WEBHOOK_TOKEN: '',
    WEBHOOK_ALLOW_UNSIGNED: 'true',
    WEBHOOK_PATH: '/s3cret/cb',
  });
  try {
    expect(await other.post(sent(), { query: { Sign: undefined, RequestTime: undefined } })).toEqual(ok);
    expect(await other.rows('messages')).toMatchObject([{ raw: null, text: 'the parcel is here' }]);
    expect((await fetch(`${other.receiver.url}/callback`, { method: 'POST' })).status).toBe(404);
    expect(other.log.join('')).not.toContain('s3cret');
  } finally {
    await other.end();
  }
});
