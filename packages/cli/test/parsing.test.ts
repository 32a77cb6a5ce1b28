import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable, Writable } from 'node:stream';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { UsageError } from '../src/exit-status.ts';
import { languageOf } from '../src/language.ts';
import { printable } from '../src/printable.ts';
import { readSequences } from '../src/read-sequences.ts';
import { requestOf, sequenceOf, type RequestOptions } from '../src/selector-options.ts';
import { span } from '../src/spans.ts';
import { createProgressBar } from '../src/progress-bar.ts';
import { createTerminal, type Streams } from '../src/terminal.ts';
import { parseDuration, parseTime } from '../src/times.ts';
import type { Recall } from '@chat-recall/client';
import { en } from '../src/words/en.ts';
import { zh } from '../src/words/zh.ts';

const now = new Date('2026-11-22T12:00:00Z');
let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'recall-cli-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

function file(text: string): string {
  const path = join(folder, `${Math.random().toString(36).slice(2)}.csv`);
  writeFileSync(path, text);
  return path;
}

test.each([
  ['90m', 5_400_000],
  ['24h', 86_400_000],
  ['7d', 604_800_000],
  ['2w', 1_209_600_000],
  ['30s', 30_000],
  [' 5 m ', 300_000],
])('--since %s', (text, ms) => expect(parseDuration(text)).toBe(ms));

test.each(['', '24', 'h', '0h', '-1h', '1.5h', '24hours', '1h30m', '٣h', '9999999d'])(
  '--since %j is refused',
  (text) => {
    expect(parseDuration(text)).toBeNull();
  },
);

test.each([
  ['2026-11-21T00:00:00Z', '2026-11-21T00:00:00.000Z'],
  ['2026-11-21T08:00:00+08:00', '2026-11-21T00:00:00.000Z'],
  ['2026-11-21T08:00+08:00', '2026-11-21T00:00:00.000Z'],
  ['2024-02-29T12:00:00.5Z', '2024-02-29T12:00:00.500Z'],
])('--from %s', (text, utc) => expect(parseTime(text)).toBe(utc));

test.each([
  '',
  'yesterday',
  '2026-11-21',
  '2026-11-21T00:00:00',
  '2026-02-30T00:00:00Z',
  '2026-13-01T00:00:00Z',
  '2026-11-21T25:00:00Z',
])('--from %j is refused', (text) => expect(parseTime(text)).toBeNull());

test.each([
  [['list'], {}, 'en'],
  [['list'], { LANG: 'zh_CN.UTF-8' }, 'zh'],
  [['list'], { LANG: 'zh_CN.UTF-8', LC_ALL: 'C' }, 'en'],
  [['list'], { LANG: 'de_DE', LC_MESSAGES: 'zh_TW' }, 'zh'],
  [['list', '--lang', 'zh'], { LANG: 'en_US' }, 'zh'],
  [['--lang=en', 'list'], { LANG: 'zh_CN' }, 'en'],
  [['create', '--reason', 'x', '--', '--lang', 'zh'], {}, 'en'],
])('the language of %j with %j is %s', (args, environment, language) => {
  expect(languageOf(args, environment as Record<string, string>)).toBe(language);
});

describe('a request from flags', () => {
  const base: RequestOptions = { reason: 'spam' };

  test('is a plan, with nothing in it that was not given', () => {
    expect(requestOf({ ...base, sender: ['a', 'b'], keyword: ['加微信'] }, now, en)).toEqual({
      selector: { senders: ['a', 'b'], keywords: ['加微信'] },
      reason: 'spam',
      mode: 'plan',
    });
  });

  test('--since beside a sender leaves the end open; alone it is a window to now', () => {
    const sentFrom = '2026-11-21T12:00:00.000Z';
    expect(requestOf({ ...base, sender: ['a'], since: 86_400_000 }, now, en).selector).toEqual({
      senders: ['a'],
      sentFrom,
    });
    expect(requestOf({ ...base, since: 86_400_000, group: ['g'] }, now, en).selector).toEqual({
      groupIds: ['g'],
      sentFrom,
      sentTo: now.toISOString(),
    });
  });

  test('takes everything else', () => {
    const request = requestOf(
      {
        ...base,
        senderFile: file('# raid\nx1\r\n\n x2 \n'),
        topic: ['t'],
        excludeSender: ['boss'],
        from: '2026-11-21T00:00:00.000Z',
        to: '2026-11-22T00:00:00.000Z',
        sameTextAs: '@TGS#2A:7',
        limit: 9,
        priority: 'urgent',
        canary: 20,
        canaryMaxFailed: 5,
      },
      now,
      en,
    );
    expect(request).toEqual({
      selector: {
        senders: ['x1', 'x2'],
        topicIds: ['t'],
        excludeSenders: ['boss'],
        sameTextAs: { groupId: '@TGS#2A', topicId: null, msgSeq: 7 },
        limit: 9,
        sentFrom: '2026-11-21T00:00:00.000Z',
        sentTo: '2026-11-22T00:00:00.000Z',
      },
      reason: 'spam',
      mode: 'plan',
      priority: 'urgent',
      canary: { messages: 20, maxFailedShare: 0.05 },
    });
  });

  test.each<[Partial<RequestOptions>, RegExp]>([
    [{ sender: ['a'], reason: ' ' }, /^--reason/u],
    [{}, /nothing is selected/u],
    [{ group: ['g'] }, /nothing is selected/u],
    [{ sender: ['a'], since: 1, idempotencyKey: 'k' }, /^--since/u],
    [{ from: '2026-11-21T00:00:00.000Z', idempotencyKey: 'k' }, /^--to/u],
    [{ sameTextAs: 'nothing' }, /^--same-text-as/u],
    [{ file: '/nowhere.csv' }, /^--file: cannot read \/nowhere.csv/u],
    [{ senderFile: '/nowhere' }, /^--sender-file: cannot read/u],
  ])('%j is a usage error that names the flag', (options, message) => {
    expect(() => requestOf({ ...base, ...options }, now, en)).toThrow(UsageError);
    expect(() => requestOf({ ...base, ...options }, now, en)).toThrow(message);
  });

  test.each([
    ['@TGS#2A:7', { groupId: '@TGS#2A', topicId: null, msgSeq: 7 }],
    ['a:b/c:12', { groupId: 'a:b/c', topicId: null, msgSeq: 12 }],
    ['@TGS#_c/@TGS#_c@TOPIC#_t:1', { groupId: '@TGS#_c', topicId: '@TGS#_c@TOPIC#_t', msgSeq: 1 }],
  ])('--same-text-as %s', (text, sequence) => expect(sequenceOf(text, en)).toEqual(sequence));
});

describe('--file', () => {
  test('groups the sequences by conversation, each once; other columns do not matter', () => {
    const csv = '\u{feff}msgSeq,sender,groupId,topicId\r\n4,"a,b",g,\r\n4,x,g,\r\n5,x,g,t\r\n\r\n6,x,g,\r\n';
    expect(readSequences(file(csv), en)).toEqual([
      { groupId: 'g', topicId: null, msgSeqs: [4, 6] },
      { groupId: 'g', topicId: 't', msgSeqs: [5] },
    ]);
  });

  test('takes what the console exported, with its apostrophe against formulas', () => {
    expect(readSequences(file("groupId,msgSeq\n'@TGS#2A,1\n'=x,2\n'plain,3\n"), en)).toEqual([
      { groupId: '@TGS#2A', topicId: null, msgSeqs: [1] },
      { groupId: '=x', topicId: null, msgSeqs: [2] },
      { groupId: "'plain", topicId: null, msgSeqs: [3] },
    ]);
  });

  test.each([
    ['', /must be CSV with a header/u],
    ['groupId,msgSeq\n', /at least one row/u],
    ['1,2\n3,4\n', /must be CSV with a header/u],
    ['groupId,seq\ng,1\n', /has no column msgSeq/u],
    ['groupId,msgSeq\ng,1\n,2\ng,0\ng,x\n', /line 3: groupId.*\n.*line 4: msgSeq.*\n.*line 5: msgSeq/u],
    ['groupId,msgSeq\n"g,1\n', /cannot read/u],
    [`groupId,msgSeq\n${Array.from({ length: 10_001 }, (_, n) => `g,${n + 1}`).join('\n')}`, /has 10001 rows/u],
  ])('a file with a fault is refused (%#)', (csv, message) => {
    expect(() => readSequences(file(csv), en)).toThrow(message);
  });
});

test('text of others cannot steer the terminal', () => {
  expect(printable('a\u{1b}[2Jb\nc\u{9b}31m\u{202e}d')).toBe('a\u{fffd}[2Jb c\u{fffd}31m\u{fffd}d');
  expect(printable('加微信加微信', 7)).toBe('加微信…');
  expect(printable('abcdef', 6)).toBe('abcdef');
  expect(printable(null)).toBe('');
});

test('spans', () => {
  expect([0, 59.4, 60, 200, 3_600, 7_500, 90_000].map(span)).toEqual([
    '0 s',
    '59 s',
    '1 min',
    '3 min 20 s',
    '1 h',
    '2 h 5 min',
    '1 d 1 h',
  ]);
});

test('both languages say everything', () => {
  const keys = (value: object, path = ''): string[] =>
    Object.entries(value).flatMap(([key, inner]) =>
      typeof inner === 'object' ? keys(inner as object, `${path}${key}.`) : [`${path}${key}`],
    );
  expect(keys(zh).sort()).toEqual(keys(en).sort());
  for (const text of Object.values(zh.command)) expect(text).toMatch(/\p{Script=Han}|API/u);
});

describe('the terminal', () => {
  function streams(isTTY: boolean): { streams: Streams; written: string[] } {
    const written: string[] = [];
    const stream = (): Streams['stdout'] =>
      Object.assign(
        new Writable({
          write(chunk, _encoding, done) {
            written.push(String(chunk));
            done();
          },
        }),
        { isTTY, columns: 80 },
      );
    return {
      streams: { stdin: Object.assign(new Readable(), { isTTY }), stdout: stream(), stderr: stream() },
      written,
    };
  }

  test('has colours and a bar only where somebody looks, and no colours with NO_COLOR', () => {
    const at = streams(true);
    const terminal = createTerminal(at.streams, true);
    terminal.err('wrong', 'red');
    terminal.status('bar');
    terminal.out('done');
    expect(at.written).toEqual(['\u{1b}[31mwrong\u{1b}[0m\n', '\r\u{1b}[2Kbar', '\r\u{1b}[2K', 'done\n']);
    expect(createTerminal(at.streams, true).paint('bold', 'x')).toBe('\u{1b}[1mx\u{1b}[0m');
    expect(createTerminal(at.streams, false).paint('bold', 'x')).toBe('x');

    const piped = streams(false);
    const plain = createTerminal(piped.streams, true);
    plain.err('wrong', 'red');
    plain.status('bar');
    expect([piped.written, plain.interactive, plain.paint('bold', 'x')]).toEqual([['wrong\n'], false, 'x']);
  });
});

test('the progress bar tells how far, how fast and how long still', () => {
  const bar = createProgressBar(en);
  const counts = { matched: 100, planned: 100, notFound: 0, expired: 0, notRecallable: 0, unknown: 0, cancelled: 0 };
  const reading = (recalled: number, failed: number): Recall =>
    ({ state: 'running', counts: { ...counts, recalled, failed, pending: 100 - recalled - failed } }) as Recall;
  expect(bar(reading(0, 0), 0)).toBe(`${'░'.repeat(24)} 0/100  100 pending`);
  expect(bar(reading(48, 2), 10_000)).toBe(
    `${'█'.repeat(12)}${'░'.repeat(12)} 50/100  5.0 a second, 10 s left  48 recalled, 2 failed, 50 pending`,
  );
});
