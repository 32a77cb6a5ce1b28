import { expect, test } from '@jest/globals';
import { makeBodies } from '../src/ingest/bodies.ts';

const appId = 1_400_000_000;

interface Body {
  readonly GroupId: string;
  readonly TopicId?: string;
  readonly MsgSeq: number;
  readonly MsgTime: number;
  readonly EventTime: number;
  readonly MsgBody: readonly { readonly MsgType: string; readonly MsgContent: { readonly Text?: string } }[];
}

test('a body that is sent again is a new message, next in its conversation and of the present', () => {
  const bodies = makeBodies({ appId, count: 50, seed: 1 });
  const seqs = new Map<string, number[]>();
  for (let at = 0; at < 200; at += 1) {
    const now = 1_760_000_000_123 + at * 1_000;
    const body = JSON.parse(bodies.next(at, now).toString()) as Body;
    expect(body.MsgTime).toBe(Math.floor(now / 1_000));
    expect(body.EventTime).toBe(now);
    const place = `${body.GroupId} ${body.TopicId ?? ''}`;
    seqs.set(place, [...(seqs.get(place) ?? []), body.MsgSeq]);
  }
  for (const of of seqs.values()) expect(of).toEqual(of.map((_, at) => 1_000_000_000 + at));
});

test('texts are as long as wanted', () => {
  const bodies = makeBodies({ appId, count: 30, seed: 2, textLength: 40 });
  for (let at = 0; at < 30; at += 1) {
    const { MsgBody } = JSON.parse(bodies.next(at, 1_760_000_000_000).toString()) as Body;
    expect(MsgBody).toHaveLength(1);
    expect(MsgBody[0]?.MsgContent.Text).toHaveLength(40);
  }
});
