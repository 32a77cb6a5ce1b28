import { createHash } from 'node:crypto';
import { createServer, type Server, type ServerResponse } from 'node:http';
import { constants, gzipSync } from 'node:zlib';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { listen, urlOf } from '@chat-recall/shared/metrics';
import {
  createTencentClient,
  getHistoryFiles,
  readHistoryFile,
  type HistoryFile,
  type HistoryMessage,
} from '@chat-recall/shared/tencent';
import { createStandIn, elements, type Effect, type StandIn } from '@chat-recall/simulator';

const header = '{"SdkAppId":1400000000,"ChatType":"Group","MsgTime":"2025100916","MsgList":[';
const line = (msgSeq: number, more: object = {}) =>
  JSON.stringify({
    From_Account: 'mira',
    GroupId: '@TGS#2A',
    MsgTimestamp: 1_760_000_102,
    MsgSeq: msgSeq,
    MsgBody: [],
    ...more,
  });

function collect() {
  const messages: HistoryMessage[] = [];
  return { messages, take: (message: HistoryMessage) => void messages.push(message) };
}

describe('files of the stand-in', () => {
  const sdkAppId = 1_400_000_000;
  const secretKey = 'the-secret-key';
  const groupId = '@TGS#2HOURS';
  // 2025-10-09, 17:30 in Beijing.
  const now = Date.UTC(2025, 9, 9, 9, 30);
  const hour = '2025100916';
  const inHour = Date.UTC(2025, 9, 9, 8, 10) / 1000;
  let standIn: StandIn;
  let time: number;

  beforeEach(async () => {
    time = now;
    standIn = await createStandIn({
      sdkAppId,
      secretKey,
      clock: () => time,
      history: { madeAfterMs: 0, messagesPerFile: 40 },
    });
    standIn.addGroup({ groupId, type: 'Public' });
  });
  afterEach(() => standIn.close());

  async function filesOf(): Promise<readonly HistoryFile[]> {
    const client = createTencentClient({
      apiUrl: standIn.url,
      sdkAppId,
      secretKey,
      identifier: 'administrator',
      timeoutMs: 2000,
    });
    const result = await getHistoryFiles(client, { hour }, async () => {});
    await client.close();
    if (result.kind !== 'answered' || result.body.kind !== 'files') throw new Error(JSON.stringify(result));
    return result.body.files;
  }

  test('every message of the hour, over several files, some of them twice', async () => {
    standIn.addHistory({
      groupId,
      count: 100,
      sentFrom: inHour,
      sentTo: inHour + 600,
      body: (index) => [elements.text(`长 ${index}`)],
    });
    const files = await filesOf();
    expect(files).toHaveLength(3);
    const { messages, take } = collect();
    for (const file of files) expect(await readHistoryFile(file, take)).toMatchObject({ kind: 'whole', malformed: 0 });
    expect(messages).toHaveLength(110);
    expect(new Set(messages.map((message) => message.msgSeq)).size).toBe(100);
    expect(messages[99]).toEqual({
      groupId,
      sender: standIn.message(groupId, null, 100)?.from,
      msgSeq: 100,
      msgTime: standIn.message(groupId, null, 100)!.msgTime * 1000,
      body: [elements.text('长 99')],
    });
  });

  test.each<[Effect, string, string]>([
    [{ kind: 'cut-file' }, 'history-file', 'cut_short'],
    [{ kind: 'expired-url' }, 'history-file', 'expired'],
    [{ kind: 'http', status: 404 }, 'history-file', 'expired'],
    [{ kind: 'http', status: 503 }, 'history-file', 'unreachable'],
    [{ kind: 'http', status: 302 }, 'history-file', 'unreachable'],
    [{ kind: 'reset' }, 'history-file', 'unreachable'],
    [{ kind: 'hang' }, 'history-file', 'unreachable'],
    [{ kind: 'garbage' }, 'history-file', 'wrong_checksum'],
    [{ kind: 'wrong-md5' }, 'get_history', 'wrong_checksum'],
  ])('%j of %s: %s', async (effect, command, kind) => {
    standIn.addHistory({ groupId, count: 20, sentFrom: inHour, sentTo: inHour + 600 });
    standIn.faults.add({ command, effect });
    const [file] = await filesOf();
    const end = await readHistoryFile(file!, () => {}, { timeoutMs: 300 });
    expect(end.kind).toBe(kind);
    expect(JSON.stringify(end)).not.toContain(file!.url.slice('http://'.length));
    expect(standIn.ledger.count('history-file')).toBe(1);
  });

  test('a URL that has expired, and is had anew', async () => {
    standIn.addHistory({ groupId, count: 20, sentFrom: inHour, sentTo: inHour + 600 });
    const [file] = await filesOf();
    expect(file?.expiresAt).toBe(now + 3_600_000);
    time += 3_600_000;
    expect(await readHistoryFile(file!, () => {})).toEqual({ kind: 'expired', httpStatus: 403 });
    const [anew] = await filesOf();
    expect((await readHistoryFile(anew!, () => {})).kind).toBe('whole');
  });
});

describe('files of a server that does as it is told', () => {
  let server: Server;
  let respond: (response: ServerResponse) => void;
  beforeAll(async () => {
    server = createServer((_request, response) => respond(response));
    await listen(server, '127.0.0.1', 0);
  });
  afterAll(() => void server.close());

  const md5 = (bytes: Buffer) => createHash('md5').update(bytes).digest('hex');
  function serve(content: string | Buffer, change: Partial<HistoryFile> = {}): HistoryFile {
    const bytes = Buffer.from(content);
    const gzip = gzipSync(bytes);
    respond = (response) => response.end(gzip);
    return {
      url: `${urlOf(server, '127.0.0.1')}/secret-path.gz`,
      expiresAt: null,
      fileSize: bytes.length,
      fileMd5: md5(bytes),
      gzipSize: gzip.length,
      gzipMd5: md5(gzip),
      ...change,
    };
  }
  const text = (...lines: string[]) => `${header}\n${lines.join(',\n')}\n]}\n`;

  test('commas, line ends and white space as they come', async () => {
    const { messages, take } = collect();
    const content = `${header}\r\n${line(1)},\r\n\r\n  ${line(2, { MsgTimestamp: undefined, MsgTimeStamp: 5 })},\r\n]}`;
    expect(await readHistoryFile(serve(content), take)).toEqual({ kind: 'whole', messages: 2, malformed: 0 });
    expect(messages.map(({ msgSeq, msgTime }) => [msgSeq, msgTime])).toEqual([
      [1, 1_760_000_102_000],
      [2, 5000],
    ]);
  });

  test('malformed lines are passed over and counted', async () => {
    const bad = [
      '{"broken',
      'null',
      line(0),
      line(1, { MsgSeq: '1' }),
      line(1, { GroupId: '' }),
      line(1, { MsgTimestamp: 'x' }),
      line(1, { MsgBody: undefined }),
    ];
    const { messages, take } = collect();
    const end = await readHistoryFile(serve(`${text(line(1), ...bad, line(2, { From_Account: 7 }))}${line(3)}`), take);
    expect(end).toEqual({ kind: 'whole', messages: 2, malformed: bad.length + 1 });
    expect(messages.map(({ msgSeq, sender }) => [msgSeq, sender])).toEqual([
      [1, 'mira'],
      [2, ''],
    ]);
  });

  test('what was not told is not checked; a header may be missing', async () => {
    const nothing = { fileSize: null, fileMd5: null, gzipSize: null, gzipMd5: null };
    const end = await readHistoryFile(serve(`${line(1)},\n${line(2)}\n]}`, nothing), () => {});
    expect(end).toEqual({ kind: 'whole', messages: 2, malformed: 0 });
  });

  test.each<[string, Partial<HistoryFile>, string]>([
    ['another MD5 of the download', { gzipMd5: 'f'.repeat(32) }, 'wrong_checksum'],
    ['another MD5 of the content', { fileMd5: 'f'.repeat(32) }, 'wrong_checksum'],
    ['a larger download than told', { gzipSize: 10 }, 'wrong_checksum'],
    ['a larger content than told', { fileSize: 10 }, 'wrong_checksum'],
    ['a smaller download than told', { gzipSize: 10_000 }, 'cut_short'],
    ['a smaller content than told', { fileSize: 10_000 }, 'cut_short'],
  ])('%s', async (_name, change, kind) => {
    expect((await readHistoryFile(serve(text(line(1)), change), () => {})).kind).toBe(kind);
  });

  test('the last line is missing', async () => {
    const end = await readHistoryFile(serve(`${header}\n${line(1)},\n`), () => {});
    expect(end).toMatchObject({ kind: 'cut_short' });
  });

  test('the connection breaks in the middle', async () => {
    const file = serve(text(line(1)));
    respond = (response) => {
      response.writeHead(200, { 'content-length': '1000' });
      response.write(gzipSync('x').subarray(0, 10));
      setImmediate(() => response.destroy());
    };
    expect(await readHistoryFile(file, () => {})).toMatchObject({ kind: 'cut_short' });
  });

  test('a byte changed on the way', async () => {
    const file = serve(text(line(1)), { gzipMd5: null });
    respond = (response) => {
      const gzip = gzipSync(text(line(1)));
      gzip[20] = gzip[20]! ^ 0xff;
      response.end(gzip);
    };
    expect((await readHistoryFile(file, () => {})).kind).toBe('wrong_checksum');
  });

  test('a line longer than 1 MB; one just below is taken', async () => {
    const long = (bytes: number) => line(1, { MsgBody: ['x'.repeat(bytes)] });
    expect(await readHistoryFile(serve(text(long(1024 * 1024))), () => {})).toEqual({ kind: 'line_too_long' });
    expect(await readHistoryFile(serve(text(long(1024 * 1024 - 200))), () => {})).toMatchObject({ messages: 1 });
    const endless = serve(header + ' '.repeat(20 * 1024 * 1024), { fileSize: null });
    expect(await readHistoryFile(endless, () => {})).toEqual({ kind: 'line_too_long' });
  });

  test('nobody listening, a name that does not resolve', async () => {
    const file = serve('');
    expect(await readHistoryFile({ ...file, url: 'http://127.0.0.1:9/x' }, () => {})).toEqual({
      kind: 'unreachable',
      httpStatus: null,
      cause: expect.stringMatching(/^[A-Z_]+$/u),
    });
  });

  test('aborted: before, and in the middle', async () => {
    const aborted = AbortSignal.abort();
    const file = serve(text(line(1), line(2)));
    expect(await readHistoryFile(file, () => {}, { signal: aborted })).toEqual({ kind: 'aborted' });
    const stop = new AbortController();
    respond = (response) =>
      response.write(gzipSync(`${header}\n${line(1)},\n`, { finishFlush: constants.Z_SYNC_FLUSH }));
    const end = await readHistoryFile(file, () => stop.abort(), { signal: stop.signal });
    expect(end).toEqual({ kind: 'aborted' });
  });

  test('what the receiver throws is thrown on; it is waited for, one message at a time', async () => {
    const file = serve(text(...Array.from({ length: 50 }, (_, index) => line(index + 1))));
    const failing = readHistoryFile(file, async ({ msgSeq }) => {
      if (msgSeq === 3) throw new Error('the database is gone');
    });
    await expect(failing).rejects.toThrow('the database is gone');
    let underWay = 0;
    let most = 0;
    await readHistoryFile(file, async () => {
      most = Math.max(most, ++underWay);
      await new Promise((resolve) => setImmediate(resolve));
      underWay--;
    });
    expect(most).toBe(1);
  });
});
