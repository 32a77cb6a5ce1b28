import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { fold, isDocumentedType, maxTextLength, textOf, typeBit, typeNames } from '@chat-recall/shared/messages';

function element(MsgType: string, MsgContent: unknown): Record<string, unknown> {
  return { MsgType, MsgContent };
}

/** A merged message inside so many others, with a text at the bottom. */
function nested(levels: number): Record<string, unknown> {
  if (levels === 0) return element('TIMTextElem', { Text: 'bottom' });
  return element('TIMRelayElem', {
    Title: `level ${levels}`,
    MsgList: [{ From_Account: 'u', MsgBody: [nested(levels - 1)] }],
  });
}

describe('textOf', () => {
  test.each([
    ['text', [element('TIMTextElem', { Text: '你好 hello' })], '你好 hello'],
    ['place', [element('TIMLocationElem', { Desc: 'West Lake', Latitude: 30.2, Longitude: 120.1 })], 'West Lake'],
    ['face', [element('TIMFaceElem', { Index: 3, Data: '[wink]' })], '[wink]'],
    ['face with control characters', [element('TIMFaceElem', { Index: 3, Data: 'ab\0c\u0001' })], 'abc\u0001'],
    ['custom, plain', [element('TIMCustomElem', { Data: 'd1', Desc: 'd2', Ext: 'e3', Sound: 's.aiff' })], 'd2\nd1\ne3'],
    [
      'custom, JSON: what it holds, not the names of its fields',
      [
        element('TIMCustomElem', {
          Data: '{"businessID":"card","title":"加微信","n":{"list":["vx",88123]},"on":true,"x":null}',
        }),
      ],
      'card\n加微信\nvx\n88123',
    ],
    ['custom, escapes in JSON', [element('TIMCustomElem', { Data: '{"a":"\\u52a0\\u5fae\\u4fe1"}' })], '加微信'],
    [
      'custom, JSON in JSON',
      [element('TIMCustomElem', { Data: JSON.stringify({ data: JSON.stringify({ t: '裸聊' }) }) })],
      '裸聊',
    ],
    ['custom, a JSON string', [element('TIMCustomElem', { Desc: '"quoted"', Ext: ' ["x","y"] ' })], 'quoted\nx\ny'],
    [
      'custom, not quite JSON',
      [element('TIMCustomElem', { Data: '[card] {"a":', Desc: '{oops' })],
      '{oops\n[card] {"a":',
    ],
    [
      'custom, hostile JSON',
      [element('TIMCustomElem', { Data: '{"__proto__":{"x":"deep"},"constructor":"y"}' })],
      'deep\ny',
    ],
    ['file', [element('TIMFileElem', { FileName: 'plan.pdf', Url: 'https://media.example.com/1' })], 'plan.pdf'],
    ['file, other spelling', [element('TIMFileElem', { fileName: 'plan.pdf' })], 'plan.pdf'],
    [
      'file, a path with escapes',
      [element('TIMFileElem', { FileName: 'file:///tmp/%E5%8A%A0%E5%BE%AE.mov' })],
      'file:///tmp/%E5%8A%A0%E5%BE%AE.mov\n加微.mov',
    ],
    ['file, a per cent sign', [element('TIMFileElem', { FileName: '100%.txt' })], '100%.txt'],
    [
      'sound, image, video',
      ['TIMSoundElem', 'TIMImageElem', 'TIMVideoFileElem'].map((type) => element(type, { UUID: 'u', Url: 'x' })),
      '',
    ],
    [
      'merged',
      [
        element('TIMRelayElem', {
          Title: 'Chat of A and B',
          AbstractList: ['A: hi', 'B: ok'],
          CompatibleText: 'please update',
          MsgNum: 1,
          MsgList: [
            {
              From_Account: 'A',
              CloudCustomData: 'quoted',
              MsgBody: [element('TIMTextElem', { Text: 'inner' }), nested(1)],
            },
          ],
        }),
      ],
      'Chat of A and B\nA: hi\nB: ok\ninner\nlevel 1\nbottom',
    ],
    ['merged, by key', [element('TIMRelayElem', { Title: 'T', AbstractList: ['a'], JsonMsgKey: 'k' })], 'T\na'],
    ['several', [element('TIMTextElem', { Text: 'a' }), element('TIMFaceElem', { Data: '[b]' })], 'a\n[b]'],
    ['unknown type', [element('TIMSparkleElem', { Text: 'x' }), element('__proto__', {})], ''],
    [
      'wrong shapes inside',
      [
        element('TIMTextElem', { Text: 5 }),
        element('TIMTextElem', null),
        element('TIMRelayElem', { Title: {}, AbstractList: 'x', MsgList: [null, 4, { MsgBody: 'y' }] }),
        'no element',
        null,
        element('TIMTextElem', { Text: 'still here' }),
      ],
      'still here',
    ],
    ['nothing', [], ''],
  ])('%s', (_what, body, text) => {
    expect(textOf(body)).toBe(text);
  });

  test('reads merged messages to a depth, and survives any', () => {
    expect(textOf([nested(16)])).toContain('bottom');
    expect(textOf([nested(40)])).not.toContain('bottom');
    expect(textOf([nested(2_000)])).toContain('level 2000');
    const deep = `${'['.repeat(60_000)}"x"${']'.repeat(60_000)}`;
    expect(textOf([element('TIMCustomElem', { Data: deep })])).toBe('');
  });

  test('has a longest text', () => {
    const long = textOf([
      element('TIMTextElem', { Text: '微'.repeat(200_000) }),
      element('TIMTextElem', { Text: 'after' }),
    ]);
    expect(long).toHaveLength(maxTextLength);
    const many = Array.from({ length: 100_000 }, () => element('TIMTextElem', { Text: 'xy' }));
    expect(textOf(many).length).toBeLessThanOrEqual(maxTextLength);
    // Cut through a pair of surrogates: the half is replaced.
    const halved = textOf([element('TIMTextElem', { Text: `a${'😀'.repeat(40_000)}` })]);
    expect(halved).toHaveLength(maxTextLength);
    expect(halved.endsWith('\ufffd')).toBe(true);
  });

  test('never throws, whatever the JSON', () => {
    const types = fc.constantFrom(
      'TIMTextElem',
      'TIMFaceElem',
      'TIMCustomElem',
      'TIMFileElem',
      'TIMRelayElem',
      'TIMLocationElem',
      'X',
    );
    const names = fc.constantFrom(
      'Text',
      'Desc',
      'Data',
      'Ext',
      'FileName',
      'fileName',
      'Title',
      'AbstractList',
      'MsgList',
      'MsgBody',
    );
    const content = fc.dictionary(names, fc.oneof(fc.jsonValue(), fc.json()));
    const anyElement = fc.record({ MsgType: types, MsgContent: fc.oneof(content, fc.jsonValue()) });
    fc.assert(
      fc.property(fc.array(fc.oneof(anyElement, fc.jsonValue())), (body) => {
        const text = textOf(body);
        expect(text).not.toContain('\0');
        expect(fold(text).length).toBeGreaterThanOrEqual(0);
      }),
      { numRuns: 500 },
    );
  });
});

describe('message types', () => {
  test('names and bits', () => {
    expect(typeNames(typeBit('TIMTextElem') | typeBit('TIMRelayElem'))).toEqual(['TIMTextElem', 'TIMRelayElem']);
    expect(typeNames(typeBit('TIMSparkleElem') | typeBit('constructor'))).toEqual(['other']);
    expect(typeNames(0)).toEqual([]);
    expect(isDocumentedType('TIMVideoFileElem')).toBe(true);
    expect(isDocumentedType('TIMGroupTipElem')).toBe(false);
  });

  test('the stored bits are what they always were', () => {
    const documented = ['Text', 'Location', 'Face', 'Custom', 'Sound', 'Image', 'File', 'VideoFile', 'Relay'];
    expect(documented.map((name) => typeBit(`TIM${name}Elem`))).toEqual([1, 2, 4, 8, 16, 32, 64, 128, 256]);
  });
});
