import { afterEach, expect, test } from '@jest/globals';
import { readConfig } from '@chat-recall/shared/config';
import { judgeSettings, settings } from '../src/settings.ts';
import { appId, ok, recalled, sent, startReceiver, token, type AtWork } from './receiver-at-work.ts';

const key = 'a key of thirty-two characters or so';
let work: AtWork | undefined;
afterEach(async () => {
  await work?.end();
  work = undefined;
});

const secret = { MsgBody: [{ MsgType: 'TIMTextElem', MsgContent: { Text: '绝密 parcel' } }] };

/** All that the receiver has written, as text. */
async function written(at: AtWork): Promise<string> {
  const tables = ['messages', 'quarantine', 'recall_marks', 'textless_days'];
  const rows = await Promise.all(tables.map((table) => at.pool.query(`select t::text as row from ${table} t`)));
  return JSON.stringify(rows.map((result) => result.rows));
}

test('INDEX_TEXT=pieces keeps keyed hashes, and neither text nor body', async () => {
  work = await startReceiver({ INDEX_TEXT: 'pieces', INDEX_TEXT_KEY: key });
  expect(await work.post(sent(secret))).toEqual(ok);
  expect(await work.post(recalled())).toEqual(ok);
  const [row] = await work.rows('messages');
  expect(row).toMatchObject({ sender: 'tomas', text: '', folded: null, raw: null });
  expect(row?.['pieces']).toHaveLength(8);
  expect(await written(work)).not.toMatch(/绝密|parcel|mira/u);
  expect(await work.rows('textless_days')).toMatchObject([{ app_id: appId, as_pieces: true }]);
});

test('INDEX_TEXT=none keeps sender and time', async () => {
  work = await startReceiver({ INDEX_TEXT: 'none' });
  expect(await work.post(sent(secret))).toEqual(ok);
  const [row] = await work.rows('messages');
  expect(row).toMatchObject({ sender: 'tomas', text: '', folded: null, raw: null, pieces: [] });
  expect(await written(work)).not.toMatch(/绝密|parcel|mira/u);
  expect(await work.rows('textless_days')).toMatchObject([{ app_id: appId, as_pieces: false }]);
});

test.each(['pieces', 'none'])(
  'INDEX_TEXT=%s: of a callback that the database refuses only that there was one',
  async (mode) => {
    work = await startReceiver({ INDEX_TEXT: mode, INDEX_TEXT_KEY: key });
    await work.pool.query(`alter table messages add constraint poison check (sender <> 'tomas')`);
    expect(await work.post(sent(secret))).toEqual(ok);
    expect(await work.rows('quarantine')).toMatchObject([
      { app_id: appId, raw: Buffer.alloc(0), error: 'refused by the database, SQLSTATE 23514' },
    ]);
    expect(await written(work)).not.toMatch(/绝密|parcel|tomas/u);
  },
);

test('by default the text is kept, and no day is noted', async () => {
  work = await startReceiver();
  expect(await work.post(sent(secret))).toEqual(ok);
  expect(await work.rows('messages')).toMatchObject([{ text: '绝密 parcel' }]);
  expect(await work.rows('textless_days')).toEqual([]);
});

test('the key must be there for pieces, and be long enough', () => {
  const judge = (change: Record<string, string>): unknown =>
    readConfig({ TENCENT_SDK_APP_ID: String(appId), WEBHOOK_TOKEN: token, ...change }, settings, [], judgeSettings)
      .config.INDEX_TEXT;
  expect(() => judge({ INDEX_TEXT: 'pieces' })).toThrow('1 fault');
  expect(() => judge({ INDEX_TEXT: 'pieces', INDEX_TEXT_KEY: 'short' })).toThrow('1 fault');
  expect(() => judge({ INDEX_TEXT: 'words' })).toThrow('1 fault');
  expect(judge({ INDEX_TEXT: 'pieces', INDEX_TEXT_KEY: key })).toBe('pieces');
  expect(judge({})).toBe('full');
});
