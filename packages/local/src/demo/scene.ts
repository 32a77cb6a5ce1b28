import {
  elements,
  sampleBody,
  sampleElement,
  sampleElementTypes,
  seededRandom,
  type CallbackBody,
  type MessageElement,
  type StandIn,
} from '@chat-recall/simulator';

export const abuser = 'spammer42';
/** A Chinese word of two characters. */
export const keyword = '裸聊';
export const lobby = '@TGS#2LOBBY01';
export const market = '@TGS#2TRADE01';
const square = '@TGS#_@TGS#cSQUARE01';
export const live = '@TGS#aLIVE01';

/** Callbacks that the demo posts at least. */
const messages = 20_500;
const hours = 6;

/**
 * Six hours of chat in three groups, a topic of a community and a live group: every element type, an
 * abuser in all of them, a keyword in texts, custom messages, file names and merged messages, group
 * tips, online-only messages, and a few messages that their senders took back themselves.
 *
 * @returns the callbacks as the platform would send them; the recall events stand before all messages
 */
export function playScene(standIn: StandIn, nowSeconds: number): { callbacks: CallbackBody[]; onlineOnly: number } {
  const random = seededRandom(42);
  standIn.addGroup({ groupId: lobby, type: 'Public' });
  standIn.addGroup({ groupId: market, type: 'ChatRoom' });
  standIn.addGroup({ groupId: '@TGS#2GAMES01', type: 'Private' });
  standIn.addGroup({ groupId: live, type: 'AVChatRoom' });
  const [topicId] = standIn.addGroup({ groupId: square, type: 'Community', topics: ['general'] }).topicIds;
  const places = [
    { groupId: lobby },
    { groupId: market },
    { groupId: '@TGS#2GAMES01' },
    { groupId: square, topicId: topicId ?? null },
    { groupId: live },
  ];
  const callbacks: CallbackBody[] = [];
  let onlineOnly = 0;
  for (let at = 0; at < messages; at++) {
    const place = places[Math.floor(random() * places.length)] ?? { groupId: lobby };
    const from = random() < 0.03 ? abuser : `user${Math.floor(random() * 60)}`;
    const msgTime = nowSeconds - Math.floor(((messages - at) / messages) * hours * 3_600);
    // One of every type first, then a mix as it comes.
    const type = sampleElementTypes[at];
    const spam = random() < 0.012;
    const online = at % 2_000 === 1_999;
    const body = type !== undefined ? [sampleElement(random, type)] : spam ? spamBody(at) : sampleBody(random);
    callbacks.push(standIn.send({ ...place, from, body, msgTime, onlineOnly: online, callback: false }).callback);
    if (online) onlineOnly++;
    if (at % 97 === 0) standIn.tip(place.groupId, 'topicId' in place ? place.topicId : null);
  }
  const own = standIn.recallByClient({ groupId: lobby, msgSeqs: [40, 41, 42, 43, 44], by: 'user1', callback: false });
  // Before its messages: nothing is promised about the order of callbacks.
  if (own.callback !== undefined) callbacks.unshift(own.callback);
  return { callbacks, onlineOnly };
}

function spamBody(at: number): MessageElement[] {
  const text = `姐姐${keyword}，加微信 vx${at}`;
  switch (at % 4) {
    case 0:
      return [elements.custom({ kind: 'card', title: text }, 'card')];
    case 1:
      return [elements.file(`file-${at}`, `${text}.apk`)];
    case 2:
      return [elements.text('看这里'), elements.relay(text, [], [])];
    default:
      return [elements.text(text)];
  }
}

/** Whether any string in a message holds a word: the demo's own idea of a match, to compare with. */
export function holdsWord(value: unknown, word: string): boolean {
  if (typeof value === 'string') return value.includes(word);
  return typeof value === 'object' && value !== null && Object.values(value).some((part) => holdsWord(part, word));
}
