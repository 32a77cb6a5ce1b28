import { describe, expect, test } from '@jest/globals';
import {
  chineseSpam,
  elements,
  englishSpam,
  sampleBody,
  sampleElement,
  sampleElementTypes,
  sampleText,
  seededRandom,
  type MessageElement,
} from '../src/index.ts';

const texts = (seed: number, count: number) => {
  const random = seededRandom(seed);
  return Array.from({ length: count }, () => sampleText(random));
};

describe('texts', () => {
  test('the same seed gives the same ones', () => {
    expect(texts(1, 50)).toEqual(texts(1, 50));
    expect(texts(1, 50)).not.toEqual(texts(2, 50));
  });

  test('about 60 % are Chinese, about 2 % are spam', () => {
    const lines = texts(3, 5000);
    const share = (has: (line: string) => boolean) => lines.filter(has).length / lines.length;
    expect(share((line) => /\p{Script=Han}/u.test(line))).toBeCloseTo(0.6, 1);
    const spam = share((line) => [...chineseSpam, ...englishSpam].some((phrase) => line.includes(phrase)));
    expect(spam).toBeGreaterThan(0.01);
    expect(spam).toBeLessThan(0.03);
  });

  test('few words are frequent and many are rare', () => {
    const random = seededRandom(4);
    const counts = new Map<string, number>();
    for (let index = 0; index < 5000; index += 1) {
      for (const word of sampleText(random, { chinese: 0, spam: 0 }).split(' ')) {
        counts.set(word, (counts.get(word) ?? 0) + 1);
      }
    }
    const byRank = [...counts.values()].toSorted((a, b) => b - a);
    expect(byRank[0]).toBeGreaterThan(20 * (byRank[60] ?? 0));
    expect(byRank.filter((count) => count <= 3).length).toBeGreaterThan(1000);
  });
});

describe('elements', () => {
  test('every documented type can be made', () => {
    const random = seededRandom(5);
    const types = new Set(sampleElementTypes.map((type) => sampleElement(random, type).MsgType));
    expect([...types].toSorted()).toEqual([
      'TIMCustomElem',
      'TIMFaceElem',
      'TIMFileElem',
      'TIMImageElem',
      'TIMLocationElem',
      'TIMRelayElem',
      'TIMSoundElem',
      'TIMTextElem',
      'TIMVideoFileElem',
    ]);
  });

  test('bodies repeat with their seed, stay under 12 KB, and are mostly text', () => {
    const bodies = (seed: number) => {
      const random = seededRandom(seed);
      return Array.from({ length: 500 }, () => sampleBody(random));
    };
    expect(bodies(6)).toEqual(bodies(6));
    expect(bodies(6).every((body) => Buffer.byteLength(JSON.stringify(body)) < 12 * 1024)).toBe(true);
    const plain = bodies(6).filter(([first]) => first?.MsgType === 'TIMTextElem').length;
    expect(plain).toBeGreaterThan(430);
  });

  test('a merged message may hold merged messages', () => {
    const depth = (element: MessageElement): number => {
      const list = (element.MsgContent.MsgList ?? []) as { MsgBody: MessageElement[] }[];
      return element.MsgType === 'TIMRelayElem' ? 1 + Math.max(0, ...list.flatMap((m) => m.MsgBody.map(depth))) : 0;
    };
    const random = seededRandom(7);
    const depths = Array.from({ length: 50 }, () => depth(sampleElement(random, 'relay')));
    expect(new Set(depths)).toEqual(new Set([1, 2]));
    expect(elements.relayByKey('old talk', ['a: b'], 40, 'key-1').MsgContent).toMatchObject({ JsonMsgKey: 'key-1' });
  });

  test('custom data may be JSON', () => {
    const { MsgContent } = elements.custom({ title: '红包' }, 'card');
    expect(MsgContent).toEqual({ Data: '{"title":"红包"}', Desc: 'card', Ext: '', Sound: '' });
  });
});
