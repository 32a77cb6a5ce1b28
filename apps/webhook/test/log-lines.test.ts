import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { ok, recalled, sent, startReceiver, type AtWork } from './receiver-at-work.ts';

/** Would be a line of its own, colour a terminal, and be filled in by a format. */
const hostile = 'x\r\n{"level":50,"msg":"forged"}\n\x1b[2J\x1b[31m\u2028 %s %d %j %o %%';

let work: AtWork;
beforeAll(async () => {
  work = await startReceiver();
});
afterAll(() => work.end());

test('whatever a callback holds, each line of the log stays one JSON object of ours, and no format is filled in', async () => {
  const text = [{ MsgType: 'TIMTextElem', MsgContent: { Text: hostile } }];
  expect(await work.post(sent({ From_Account: hostile, MsgBody: text, CloudCustomData: hostile }))).toEqual(ok);
  const refused = [
    await work.post(sent({ CallbackCommand: hostile })),
    await work.post(sent(), { query: { CallbackCommand: hostile } }),
    await work.post(sent(), { query: { Sign: hostile } }),
    await work.post(sent(), { query: { SdkAppid: hostile } }),
    await work.post(sent(), { query: { RequestTime: hostile } }),
    await work.post(sent(), { query: { [hostile]: hostile, Sign: '%s%j' } }),
    await work.post(sent(), { headers: { 'content-encoding': '%s%j' } }),
    await work.post(sent({ MsgSeq: hostile })),
    await work.post(sent({ MsgBody: [{ [hostile]: hostile }] })),
    await work.post(recalled({ MsgSeqList: [{ MsgSeq: hostile }] })),
    await work.post(hostile),
    await work.post(`{"CallbackCommand":"${hostile}"`),
  ];
  expect(refused.filter(({ status }) => status !== 200).length).toBeGreaterThan(9);
  const entries = work.log.map((line) => {
    expect(line).toMatch(/^\{[^\p{Cc}]*\}\n$/u);
    const entry = JSON.parse(line) as Record<string, unknown>;
    expect(entry).toMatchObject({ process: 'webhook', time: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/u) });
    return entry;
  });
  expect(entries.filter(({ reason }) => reason === 'malformed').length).toBeGreaterThan(0);
  expect([...new Set(entries.map(({ msg }) => msg))].sort()).toEqual(['callbacks refused', 'ready']);
  expect(JSON.stringify(entries)).not.toMatch(/forged|%|\\u001b|\[31m/u);
});
