import { pick, randomInteger, randomUint32, type Random } from '../random.ts';
import { elements, type MessageElement, type RelayedMessage } from './elements.ts';
import { sampleText } from './sample-text.ts';

const makers = {
  text: (random: Random): MessageElement => elements.text(sampleText(random)),
  face: (random: Random) => elements.face(randomInteger(random, 1, 60), pick(random, ['[smile]', '[ok]', '[心]', ''])),
  location: (random: Random) => elements.location(sampleText(random), degrees(random, 90), degrees(random, 180)),
  /** Half of them JSON with the visible text inside, as apps' own cards are. */
  custom: (random: Random) =>
    random() < 0.5
      ? elements.custom({ type: 'card', title: sampleText(random), id: randomUint32(random) }, '[card]')
      : elements.custom(sampleText(random), sampleText(random), 'ext'),
  sound: (random: Random) => elements.sound(uuid(random), randomInteger(random, 1, 60)),
  image: (random: Random) => elements.image(uuid(random)),
  file: (random: Random) => elements.file(uuid(random), `${sampleText(random).slice(0, 20)}.pdf`),
  video: (random: Random) => elements.video(uuid(random), randomInteger(random, 3, 90)),
  relay: (random: Random) => relay(random, 2),
  relayByKey: (random: Random) =>
    elements.relayByKey(sampleText(random), [sampleText(random)], randomInteger(random, 30, 300), uuid(random)),
} satisfies Record<string, (random: Random) => MessageElement>;

export type SampleElementType = keyof typeof makers;

/** Every type that `sampleElement` can make. */
export const sampleElementTypes = Object.keys(makers) as SampleElementType[];

/** One element of the given type, with made-up content. The same seed gives the same element. */
export function sampleElement(random: Random, type: SampleElementType): MessageElement {
  return makers[type](random);
}

/** A whole `MsgBody`: nine in ten are one text; the others hold one element of any type, some with a text before it. */
export function sampleBody(random: Random): MessageElement[] {
  if (random() < 0.9) return [makers.text(random)];
  const other = sampleElement(random, pick(random, sampleElementTypes));
  return random() < 0.3 ? [makers.text(random), other] : [other];
}

/** A merged message; `levels` says how deep further merged messages may be nested in it. */
function relay(random: Random, levels: number): MessageElement {
  const messages = Array.from({ length: randomInteger(random, 1, 4) }, (): RelayedMessage => {
    const nested = levels > 1 && random() < 0.3;
    return {
      From_Account: `user${randomInteger(random, 1, 200)}`,
      GroupId: '@TGS#2RELAYED',
      MsgSeq: randomInteger(random, 1, 100_000),
      MsgRandom: randomUint32(random),
      MsgTimeStamp: 1_760_000_000 + randomInteger(random, 0, 86_400),
      MsgBody: [nested ? relay(random, levels - 1) : makers.text(random)],
      CloudCustomData: '',
    };
  });
  const abstracts = messages.slice(0, 3).map((message) => `${message.From_Account}: ${sampleText(random)}`);
  return elements.relay(sampleText(random), abstracts, messages);
}

function degrees(random: Random, limit: number): number {
  return Math.round((random() * 2 - 1) * limit * 1e6) / 1e6;
}

function uuid(random: Random): string {
  return [randomUint32(random), randomUint32(random)].map((part) => part.toString(16).padStart(8, '0')).join('-');
}
