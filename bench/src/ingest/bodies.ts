import { callbacks, elements, sampleElement, seededRandom, type MessageElement } from '@chat-recall/simulator';
import { makeConversations } from '../fill/conversations.ts';
import { textMaker } from '../fill/texts.ts';
import { makeVocabulary } from '../fill/vocabulary.ts';
import { zipf } from '../fill/zipf.ts';

/** Messages that are no text. */
const otherShare = 0.1;
const others = ['image', 'sound', 'face', 'custom'] as const;
const nConversations = 600;
const nSenders = 20_000;
/** Numbers of ten and thirteen digits are written over in place: the sender must not be what limits. */
const firstSeq = 1_000_000_000;
const someSecond = 1_700_000_000;
const someMillisecond = 1_700_000_000_000;

/** Bodies of `Group.CallbackAfterSendMsg`, made once and sent again and again, each time as a new message. */
export interface Bodies {
  readonly count: number;
  /** Of all, bytes. */
  readonly meanLength: number;
  /** The body with the conversation's next sequence and the time; good until it is asked for again. */
  next(at: number, nowMs: number): Buffer;
}

/** Texts, senders and groups as `fillMessages` has them, and a tenth without text; the same seed, the same bodies. */
export function makeBodies(options: {
  readonly appId: number;
  readonly count: number;
  readonly seed: number;
  /** Instead of a mix of lengths, texts of just so many characters. */
  readonly textLength?: number | undefined;
}): Bodies {
  const { appId, count, textLength } = options;
  const random = seededRandom(options.seed);
  const text = textMaker(random, makeVocabulary(random, { chinese: 6_000, english: 5_000 }), []);
  const conversations = makeConversations(appId, nConversations);
  const conversation = zipf(random, conversations.length, 0.8);
  const sender = zipf(random, nSenders, 0.9);
  const seqs = new Float64Array(conversations.length).fill(firstSeq);

  function element(): MessageElement {
    if (textLength !== undefined) return elements.text(textOfLength(text, textLength));
    if (random() >= otherShare) return elements.text(text());
    return sampleElement(random, others[Math.floor(random() * others.length)] ?? 'image');
  }
  const made = Array.from({ length: count }, () => {
    const at = conversation();
    const place = conversations[at];
    const body = callbacks.afterSendMsg({
      groupId: place?.groupId ?? '',
      topicId: place?.topicId ?? '',
      type: place?.groupType ?? '',
      from: `user${sender()}`,
      msgSeq: firstSeq,
      msgTime: someSecond,
      random: Math.floor(random() * 2 ** 32),
      body: [element()],
      eventTime: someMillisecond,
    });
    const bytes = Buffer.from(JSON.stringify(body));
    const after = (name: string): number => bytes.indexOf(`"${name}":`) + name.length + 3;
    return { bytes, at, seqAt: after('MsgSeq'), timeAt: after('MsgTime'), eventAt: after('EventTime') };
  });
  return {
    count,
    meanLength: made.reduce((sum, { bytes }) => sum + bytes.length, 0) / count,
    next(index, nowMs) {
      const one = made[index % count];
      if (one === undefined) throw new RangeError('no bodies');
      const { bytes, at, seqAt, timeAt, eventAt } = one;
      const seq = seqs[at] ?? firstSeq;
      seqs[at] = seq + 1;
      writeDigits(bytes, seqAt, 10, seq);
      writeDigits(bytes, timeAt, 10, Math.floor(nowMs / 1_000));
      writeDigits(bytes, eventAt, 13, nowMs);
      return bytes;
    },
  };
}

function textOfLength(text: () => string, length: number): string {
  let long = text();
  while (long.length < length) long += ` ${text()}`;
  return long.slice(0, length);
}

function writeDigits(bytes: Buffer, at: number, digits: number, value: number): void {
  let rest = value;
  for (let digit = at + digits - 1; digit >= at; digit -= 1) {
    const tenth = Math.floor(rest / 10);
    bytes[digit] = 48 + rest - tenth * 10;
    rest = tenth;
  }
}
