import { describe, expect, test } from '@jest/globals';
import { idPattern } from '../src/audit/index.ts';
import { createMention } from '../src/erasure/mention.ts';
import { withoutRelayed } from '../src/erasure/relayed.ts';

describe('an id among words', () => {
  test.each([
    ['user4', 'by user4!', true],
    ['user4', 'by user42', false],
    ['user4', 'xuser4', false],
    ['user4', '用户user4发的', true],
    ['user4', 'case_user4', true],
    ['张三', '我是张三丰', true],
    ['a.b+c(d)[e]', 'is a.b+c(d)[e] here', true],
    ['a.b', 'axb', false],
    ['@TGS-x', 'x@TGS-x.', true],
  ])('%s in "%s": %s', (id, words, expected) => {
    expect(words.search(idPattern(id)) !== -1).toBe(expected);
    expect(createMention(id, '#').isIn(words)).toBe(expected);
  });

  test('is replaced as it is, whatever the replacement holds', () => {
    const { replacedIn, replacedInJson } = createMention('user4', '$&');
    expect(replacedIn('user4, user42, user4')).toBe('$&, user42, $&');
    const untouched = { a: ['user42'], b: null };
    expect(replacedInJson(untouched)).toBe(untouched);
    expect(replacedInJson({ senders: ['x', 'user4'], n: 1, user4: { deep: 'of user4' } })).toEqual({
      senders: ['x', '$&'],
      n: 1,
      '$&': { deep: 'of $&' },
    });
  });
});

describe('a body', () => {
  const inner = (id: string): string =>
    JSON.stringify({ MsgBody: [{ MsgContent: { Data: JSON.stringify({ to: id }) } }] });
  test.each(['spammer42', 'bob', '张三', 'a"b\\c', 'x/y<z>&é', 'li\nne'])(
    'names %j plainly and in strings of JSON',
    (id) => {
      const { isInBody, bodyMarks } = createMention(id, '');
      for (const raw of [JSON.stringify({ From_Account: id }), inner(id), JSON.stringify({ d: inner(id) })]) {
        expect([raw, isInBody(raw)]).toEqual([raw, true]);
        expect(bodyMarks.some((mark) => raw.includes(mark))).toBe(true);
      }
      expect(isInBody(JSON.stringify({ From_Account: 'somebody' }))).toBe(false);
    },
  );

  test('names an id in whatever escapes a writer uses', () => {
    const { isInBody } = createMention('张三', '');
    expect(isInBody(String.raw`{"From_Account":"\u5f20\u4e09"}`)).toBe(true);
    expect(isInBody(String.raw`{"Data":"{\"to\":\"\\u5f20\\u4e09\"}"}`)).toBe(true);
    expect(createMention('a/b<c', '').isInBody(String.raw`{"x":"a\/b\u003cc"}`)).toBe(true);
  });

  test('short ids are whole strings only', () => {
    const { isInBody, inOthersWords } = createMention('bob', '');
    expect(inOthersWords).toBe(false);
    expect(isInBody('{"Text":"bob was here"}')).toBe(false);
    expect(isInBody('{"Account":"bob"}')).toBe(true);
  });
});

test('merged messages lose what the person wrote, at every depth, and what does not say whose it is', () => {
  const text = (words: string): object => ({ MsgType: 'TIMTextElem', MsgContent: { Text: words } });
  const said = (from: string, ...body: object[]): object => ({ From_Account: from, MsgBody: body });
  const relay = (...list: object[]): object => ({
    MsgType: 'TIMRelayElem',
    MsgContent: { Title: 't', AbstractList: ['bob: x'], MsgList: list },
  });
  const body = [
    text('mine'),
    relay(said('ann', text('a')), said('bob', text('x')), said('ann', relay(said('bob', text('y'))))),
  ];
  const left = withoutRelayed(body, 'bob');
  expect(JSON.stringify(left)).not.toMatch(/bob|"x"|"y"/u);
  expect(JSON.stringify(left)).toMatch(/mine.*"a"/u);
  expect(withoutRelayed(body, 'carl')).toBeNull();
  expect(
    withoutRelayed([null, 1, { MsgType: 'TIMRelayElem', MsgContent: { MsgList: [null, { MsgBody: 'x' }] } }], 'bob'),
  ).toBeNull();
});
