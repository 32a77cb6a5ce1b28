import { once } from 'node:events';
import { connect } from 'node:net';
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import {
  ok,
  recalled,
  sent,
  signOf,
  startReceiver,
  token,
  type Answer,
  type AtWork,
  type PostOptions,
} from './receiver-at-work.ts';

let work: AtWork;
beforeAll(async () => {
  work = await startReceiver({ WEBHOOK_TOKEN: ` second-token, ${token},` });
});
afterAll(() => work.end());

/** Of what is refused nothing is stored. */
afterEach(async () => {
  for (const table of ['messages', 'recall_marks', 'quarantine', 'conversations']) {
    const rows = await work.rows(table);
    if (rows.length > 0) throw new Error(`${table} holds ${JSON.stringify(rows)}`);
  }
});

function refusal(status: number, code: number, info: RegExp | string): unknown {
  const ErrorInfo = typeof info === 'string' ? info : expect.stringMatching(info);
  return { status, body: { ActionStatus: 'FAIL', ErrorInfo, ErrorCode: code } };
}

/** Writes bytes as they are; resolves to all that comes back until `until` does, or the end. */
async function exchange(bytes: string | Buffer, until: RegExp): Promise<string> {
  const { hostname, port } = new URL(work.receiver.url);
  const socket = connect(Number(port), hostname);
  socket.write(bytes);
  let received = '';
  socket.on('data', (chunk) => {
    received += chunk.toString('latin1');
    if (until.test(received)) socket.destroy();
  });
  socket.on('error', () => {});
  await once(socket, 'close');
  return received;
}

describe('401, before the body', () => {
  const old = String(Math.floor(Date.now() / 1000) - 90);
  const early = String(Math.floor(Date.now() / 1000) + 120);
  test.each<[string, NonNullable<PostOptions['query']>, number, RegExp]>([
    ['no signature', { Sign: undefined, RequestTime: undefined }, 40101, /^Sign and RequestTime/u],
    ['no time', { RequestTime: undefined }, 40101, /RequestTime/u],
    ['a wrong signature', { Sign: '0'.repeat(64) }, 40102, /^Sign/u],
    ['a stale time', { RequestTime: old, Sign: signOf(token, old) }, 40103, /^RequestTime/u],
    ['a time to come', { RequestTime: early, Sign: signOf(token, early) }, 40103, /^RequestTime/u],
    ['another app', { SdkAppid: '1400000999' }, 40104, /^SdkAppid/u],
    ['no app', { SdkAppid: undefined }, 40104, /^SdkAppid/u],
  ])('%s', async (_what, query, code, info) => {
    expect(await work.post(sent(), { query })).toEqual(refusal(401, code, info));
    // Whatever the body is.
    expect(await work.post('no JSON', { query })).toEqual(refusal(401, code, info));
  });

  test('is answered while the body has yet to come, and the connection goes on', async () => {
    const path = new URL(work.urlFor('X', { query: { Sign: 'bad' } }));
    const head = `POST ${path.pathname}${path.search} HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\n`;
    const { hostname, port } = new URL(work.receiver.url);
    const socket = connect(Number(port), hostname);
    socket.write(head);
    const [first] = (await once(socket, 'data')) as [Buffer];
    expect(first.toString()).toMatch(/^HTTP\/1.1 401 [^]*ErrorCode":40102\}$/u);
    socket.write(`12345${head}12345`);
    const [second] = (await once(socket, 'data')) as [Buffer];
    expect(second.toString()).toMatch(/^HTTP\/1.1 401 /u);
    socket.destroy();
  });

  test('a sender that waits for leave to send its body is told no instead', async () => {
    const path = new URL(work.urlFor('X', { query: { Sign: 'bad' } }));
    const answer = await exchange(
      `POST ${path.pathname}${path.search} HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 5000000\r\n\r\n`,
      /ErrorCode":\d+\}$/u,
    );
    expect(answer).toMatch(/^HTTP\/1.1 401 [^]*Connection: close/u);
    expect(answer).not.toContain('100 Continue');
  });

  test('all that is refused is refused before any of it is looked at', async () => {
    const big = Buffer.alloc(3_000_000, 'x');
    expect(await work.post(big, { query: { Sign: 'bad' } })).toEqual(refusal(401, 40102, /^Sign/u));
  });
});

describe('400', () => {
  test.each<[string, string | Buffer, number]>([
    ['nothing', '', 40004],
    ['no JSON', 'hello', 40004],
    ['half of one', '{"CallbackCommand":"Group.CallbackAfterSendMsg"', 40004],
    ['bytes', Buffer.from([0, 1, 2, 0xff]), 40004],
    ['a raw U+0000 in a string', JSON.stringify(sent()).replace('parcel', 'par\0cel'), 40004],
    ['null', 'null', 40005],
    ['an array', '[]', 40005],
    ['a string', '"Group.CallbackAfterSendMsg"', 40005],
    ['a number', '1', 40005],
    ['no command', '{}', 40006],
    ['another command', JSON.stringify(sent({ CallbackCommand: 'Group.CallbackAfterRecallMsg' })), 40006],
    ['a command that is no string', JSON.stringify(sent({ CallbackCommand: ['Group.CallbackAfterSendMsg'] })), 40006],
    ['a command by inheritance', '{"__proto__":{"CallbackCommand":"Group.CallbackAfterSendMsg"}}', 40006],
    ['deep arrays', '['.repeat(130_000) + ']'.repeat(130_000), 40003],
    ['deep arrays without an end', '['.repeat(200_000), 40003],
    [
      'a deep message',
      JSON.stringify(sent({ X: 1 })).replace('"X":1', `"X":${'{"a":'.repeat(300)}1${'}'.repeat(300)}`),
      40003,
    ],
  ])('%s', async (_what, body, code) => {
    expect(await work.post(body)).toEqual(refusal(400, code, /./u));
  });

  test('no command in the URL', async () => {
    expect(await work.post(sent(), { query: { CallbackCommand: undefined } })).toEqual(
      refusal(400, 40001, /^CallbackCommand/u),
    );
    expect(await work.post(sent(), { query: { CallbackCommand: '' } })).toEqual(
      refusal(400, 40001, /^CallbackCommand/u),
    );
  });

  test('a compressed body', async () => {
    expect(await work.post(sent(), { headers: { 'content-encoding': 'gzip' } })).toEqual(
      refusal(400, 40002, /^Content-Encoding/u),
    );
  });

  const text = { MsgType: 'TIMTextElem', MsgContent: { Text: 'x' } };
  test.each<[string, Record<string, unknown>]>([
    ['GroupId', { GroupId: undefined }],
    ['GroupId', { GroupId: '' }],
    ['GroupId', { GroupId: '\0' }],
    ['GroupId', { GroupId: 5 }],
    ['GroupId', { GroupId: null }],
    ['MsgSeq', { MsgSeq: undefined }],
    ['MsgSeq', { MsgSeq: '7' }],
    ['MsgSeq', { MsgSeq: 0 }],
    ['MsgSeq', { MsgSeq: -7 }],
    ['MsgSeq', { MsgSeq: 7.5 }],
    ['MsgSeq', { MsgSeq: null }],
    ['MsgSeq', { MsgSeq: 2 ** 53 }],
    ['MsgSeq', { MsgSeq: -1, OnlineOnlyFlag: 1 }],
    ['MsgBody', { MsgBody: undefined }],
    ['MsgBody', { MsgBody: null }],
    ['MsgBody', { MsgBody: text }],
    ['MsgBody', { MsgBody: 'x' }],
    ['MsgBody[1]', { MsgBody: [text, 'x'] }],
    ['MsgBody[0]', { MsgBody: [[text]] }],
    ['MsgBody[0].MsgType', { MsgBody: [{ MsgContent: {} }] }],
    ['MsgBody[0].MsgType', { MsgBody: [{ MsgType: 1, MsgContent: {} }] }],
    ['MsgBody[0].MsgContent', { MsgBody: [{ MsgType: 'TIMTextElem' }] }],
    ['MsgBody[1].MsgContent', { MsgBody: [text, { MsgType: 'TIMFaceElem', MsgContent: 'x' }] }],
    ['Type', { Type: 3 }],
    ['From_Account', { From_Account: null }],
    ['Operator_Account', { Operator_Account: {} }],
    ['Random', { Random: '12' }],
    ['Random', { Random: 1.5 }],
    ['MsgId', { MsgId: 12 }],
    ['MsgTime', { MsgTime: '1760000102' }],
    ['MsgTime', { MsgTime: -1 }],
    ['MsgTime', { MsgTime: 1_760_000_102.5 }],
    ['MsgTime', { MsgTime: 253_402_300_800 }],
    ['MsgTime', { MsgTime: null }],
    ['OnlineOnlyFlag', { OnlineOnlyFlag: 2 }],
    ['OnlineOnlyFlag', { OnlineOnlyFlag: true }],
    ['OnlineOnlyFlag', { OnlineOnlyFlag: '1' }],
    ['CloudCustomData', { CloudCustomData: {} }],
    ['TopicId', { TopicId: 5 }],
    ['TopicId', { TopicId: null }],
    ['EventTime', { EventTime: 'soon' }],
    ['EventTime', { EventTime: '' }],
    ['EventTime', { EventTime: '1e12' }],
    ['EventTime', { EventTime: -1 }],
    ['EventTime', { EventTime: 1.5 }],
    ['EventTime', { EventTime: 1e18 }],
    ['EventTime', { EventTime: null }],
    ['GroupAtInfo', { GroupAtInfo: {} }],
    ['MsgPriority', { MsgPriority: 1 }],
  ])('%s in a message: %j', async (field, change) => {
    const answer = await work.post(sent(change));
    expect(answer).toEqual(refusal(400, 40007, /./u));
    expect(answer.body.ErrorInfo.split(':')[0]).toBe(field);
  });

  test.each<[string, Record<string, unknown>]>([
    ['GroupId', { GroupId: undefined }],
    ['MsgSeqList', { MsgSeqList: undefined }],
    ['MsgSeqList', { MsgSeqList: [] }],
    ['MsgSeqList', { MsgSeqList: { MsgSeq: 7 } }],
    ['MsgSeqList[1].MsgSeq', { MsgSeqList: [{ MsgSeq: 7 }, 8] }],
    ['MsgSeqList[0].MsgSeq', { MsgSeqList: [{ MsgSeq: '7' }] }],
    ['MsgSeqList[0].MsgSeq', { MsgSeqList: [{ MsgSeq: 0 }] }],
    ['MsgSeqList[0].MsgSeq', { MsgSeqList: [{ MsgSeq: 2 ** 53 }] }],
    ['MsgSeqList[0].MsgId', { MsgSeqList: [{ MsgSeq: 7, MsgId: 9 }] }],
    ['Operator_Account', { Operator_Account: 9 }],
    ['Type', { Type: null }],
    ['TopicId', { TopicId: [] }],
    ['EventTime', { EventTime: {} }],
  ])('%s in a recall event: %j', async (field, change) => {
    const answer = await work.post(recalled(change));
    expect(answer).toEqual(refusal(400, 40007, /./u));
    expect(answer.body.ErrorInfo.split(':')[0]).toBe(field);
  });

  test('a sequence that no JSON number can tell exactly', async () => {
    for (const digits of ['9007199254740993', '18446744073709551615', '1e400', '7.000000000000001']) {
      const body = JSON.stringify(sent()).replace('"MsgSeq":7', `"MsgSeq":${digits}`);
      expect(await work.post(body)).toEqual(refusal(400, 40007, /^MsgSeq: /u));
    }
  });
});

describe('413', () => {
  const limit = 256 * 1024;

  test('a body that says it is too large', async () => {
    expect(await work.post(sent({ CloudCustomData: 'x'.repeat(limit) }))).toEqual(refusal(413, 41300, /256 KB/u));
    expect(await work.post(Buffer.alloc(10 * 1024 * 1024, '['))).toEqual(refusal(413, 41300, /256 KB/u));
  });

  test('a body that turns out to be', async () => {
    const response = await fetch(work.urlFor('Group.CallbackAfterSendMsg'), {
      method: 'POST',
      body: new ReadableStream({
        start(controller) {
          for (let part = 0; part < 40; part += 1) controller.enqueue(new Uint8Array(10_000).fill(0x20));
          controller.close();
        },
      }),
      duplex: 'half',
    });
    expect({ status: response.status, body: (await response.json()) as Answer['body'] }).toEqual(
      refusal(413, 41300, /256 KB/u),
    );
  });
});

describe('other ways', () => {
  test.each(['GET', 'PUT', 'DELETE', 'HEAD', 'OPTIONS'])('405 for %s', async (method) => {
    const response = await fetch(work.urlFor('Group.CallbackAfterSendMsg'), { method });
    expect(response.status).toBe(405);
    expect(response.headers.get('allow')).toBe('POST');
    if (method !== 'HEAD') expect(await response.json()).toMatchObject({ ActionStatus: 'FAIL', ErrorCode: 40500 });
  });

  test.each(['/', '/callback/', '/callbacks', '/Callback', '/metrics', '/%63allback', '/%zz'])(
    '404 for %s',
    async (path) => {
      const response = await fetch(`${work.receiver.url}${path}`, { method: 'POST', body: '{}' });
      expect([400, 404]).toContain(response.status);
      expect(response.headers.get('content-type')).toMatch(/^application\/json/u);
      expect(await response.text()).not.toMatch(/ at |node_modules/u);
    },
  );

  test('what is no HTTP does no harm', async () => {
    expect(await exchange('\x16\x03\x01 no HTTP\r\n\r\n', /never/u)).toMatch(/^HTTP\/1.1 400 /u);
    expect((await fetch(`${work.receiver.url}/healthz`)).status).toBe(200);
  });
});

test('no refusal repeats what was sent, and the log holds neither signature nor URL nor text', async () => {
  expect((await work.post(sent({ MsgSeq: 'leak-seq', GroupId: 'leak-group' }))).body.ErrorInfo).not.toContain('leak');
  await work.post(sent(), { query: { Sign: 'leak-sign', CallbackCommand: 'leak-command' } });
  const answer = await work.post(sent({ CallbackCommand: 'leak-command' }), {
    query: { CallbackCommand: 'leak-other' },
  });
  expect(JSON.stringify(answer)).not.toContain('leak');
  expect(work.log.join('')).not.toMatch(/leak|callback\?|parcel|first-token/u);
  // One line for many of a kind, with the field by name.
  const lines = work.log.filter((line) => line.includes('"field":"GroupId"')).length;
  expect(lines).toBeGreaterThanOrEqual(1);
  expect(lines).toBeLessThan(5);
});

test('after all that, it takes what is right', async () => {
  expect(await work.post(sent({ OnlineOnlyFlag: 1 }))).toEqual(ok);
});
