import { contentOf, isDocumentedType } from '@chat-recall/shared/messages';
import { bodyLimit, type Case } from './cases.ts';

/** What the documents say of a request, told apart from how the receiver goes about it. */
export type Expected =
  | { readonly kind: 'refused'; readonly codes: readonly number[]; readonly fields?: readonly string[] }
  | { readonly kind: 'passed' }
  | { readonly kind: 'message'; readonly row: ExpectedMessage }
  | { readonly kind: 'recall'; readonly rows: readonly ExpectedMark[] };

interface Place {
  readonly groupId: string;
  readonly topicId: string;
}
export interface ExpectedMessage extends Place {
  readonly msgSeq: number;
  /** Unix milliseconds; null: when it came. */
  readonly msgTime: number | null;
  readonly sender: string;
  readonly text: string;
  readonly folded: string | null;
  readonly pieces: readonly number[];
  readonly messageTypes: number;
  readonly raw: string;
}
export interface ExpectedMark extends Place {
  readonly msgSeq: number;
  readonly recalledAt: number | null;
  readonly operator: string | null;
}

type Body = Readonly<Record<string, unknown>>;
type Rule = (value: unknown) => boolean;

const integer =
  (min: number, max: number): Rule =>
  (value) =>
    typeof value === 'number' && Number.isInteger(value) && value >= min && value <= max;
const string: Rule = (value) => typeof value === 'string';
const lastSecond = Date.UTC(9999, 11, 31, 23, 59, 59) / 1000;
const time: Rule = (value) =>
  integer(0, lastSecond * 1000 + 999)(value) ||
  (typeof value === 'string' && /^[0-9]{1,15}$/u.test(value) && Number(value) <= lastSecond * 1000 + 999);
const any = integer(-Infinity, Infinity);

/** Fields that may be absent. */
const ofMessages: Record<string, Rule> = {
  TopicId: string,
  Type: string,
  From_Account: string,
  Operator_Account: string,
  MsgId: string,
  CloudCustomData: string,
  MsgPriority: string,
  Random: any,
  GroupAtInfo: Array.isArray,
  EventTime: time,
  MsgTime: integer(0, lastSecond),
  OnlineOnlyFlag: integer(0, 1),
};
const ofRecalls: Record<string, Rule> = { TopicId: string, Type: string, Operator_Account: string, EventTime: time };

const isObject = (value: unknown): value is Body =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const clean = (value: unknown): string => (typeof value === 'string' ? value.toWellFormed().replaceAll('\0', '') : '');

/** What must become of a request. */
export function expect({ method, access, command, headers, bytes }: Case): Expected {
  if (method !== 'POST') return refused(40500);
  switch (access) {
    case 'unsigned':
      return refused(40101);
    case 'forged':
      return refused(40102);
    case 'stale':
      return refused(40103);
    case 'foreign':
      return refused(40104);
    case 'commandless':
      return refused(40001);
    case 'signed':
    case 'noisy':
  }
  if ('content-encoding' in headers) return refused(40002);
  if (bytes.length > bodyLimit) return refused(41300);
  const text = bytes.toString('utf8').replace(/^\uFEFF/u, '');
  const deep = levelsOf(text) > 256;
  let body: unknown;
  try {
    body = JSON.parse(text);
  } catch {
    // How deep it is cannot be told of what is no JSON.
    return refused(40003, 40004);
  }
  if (deep) return refused(40003);
  if (!isObject(body)) return refused(40005);
  if (body['CallbackCommand'] !== command) return refused(40006);
  switch (command) {
    case 'Group.CallbackAfterSendMsg':
      return message(body, bytes);
    case 'Group.CallbackAfterRecallMsg':
      return recall(body);
    case 'Group.CallbackAfterGroupDestroyed':
      return judged([...needed(body), ...wrong(body, { EventTime: time })]) ?? { kind: 'passed' };
    case 'Group.CallbackAfterTopicDestroyed':
      return judged([...needed(body), ...topics(body), ...wrong(body, { EventTime: time })]) ?? { kind: 'passed' };
    default:
      return { kind: 'passed' };
  }
}

function refused(...codes: number[]): Expected {
  return { kind: 'refused', codes };
}

function judged(fields: readonly string[]): Expected | undefined {
  return fields.length === 0 ? undefined : { kind: 'refused', codes: [40007], fields };
}

/** Levels of a JSON text, strings aside. */
function levelsOf(text: string): number {
  let [level, deepest] = [0, 0];
  for (const bracket of text.replaceAll(/"(?:[^"\\]|\\.)*"/gsu, '').match(/[[\]{}]/gu) ?? []) {
    level += '[{'.includes(bracket) ? 1 : -1;
    deepest = Math.max(deepest, level);
  }
  return deepest;
}

function wrong(body: Body, rules: Record<string, Rule>, at = ''): string[] {
  return Object.entries(rules).flatMap(([name, rule]) =>
    !Object.hasOwn(body, name) || rule(body[name]) ? [] : [`${at}${name}`],
  );
}

function needed(body: Body): string[] {
  return clean(body['GroupId']) === '' ? ['GroupId'] : [];
}

function topics(body: Body): string[] {
  const list = body['TopicIdList'];
  if (!Array.isArray(list)) return ['TopicIdList'];
  return list.flatMap((one, at) => (typeof one === 'string' && one !== '' ? [] : [`TopicIdList[${at}]`]));
}

function elementsOf(value: unknown): string[] {
  if (!Array.isArray(value)) return ['MsgBody'];
  return value.flatMap((one: unknown, at) => {
    if (!isObject(one)) return [`MsgBody[${at}]`];
    const type = one['MsgType'];
    if (typeof type !== 'string') return [`MsgBody[${at}].MsgType`];
    return isDocumentedType(type) && !isObject(one['MsgContent']) ? [`MsgBody[${at}].MsgContent`] : [];
  });
}

function placeOf(body: Body): Place {
  return { groupId: clean(body['GroupId']), topicId: clean(body['TopicId']) };
}

function message(body: Body, bytes: Buffer): Expected {
  const isOnline = body['OnlineOnlyFlag'] === 1;
  const sequence = integer(isOnline ? 0 : 1, Number.MAX_SAFE_INTEGER)(body['MsgSeq']) ? [] : ['MsgSeq'];
  const faults = [...needed(body), ...sequence, ...elementsOf(body['MsgBody']), ...wrong(body, ofMessages)];
  if (faults.length > 0) return { kind: 'refused', codes: [40007], fields: faults };
  if (isOnline) return { kind: 'passed' };
  const { MsgTime: sent, EventTime: event } = body;
  return {
    kind: 'message',
    row: {
      ...placeOf(body),
      msgSeq: Number(body['MsgSeq']),
      msgTime: sent === undefined ? (event === undefined ? null : Number(event)) : Number(sent) * 1000,
      sender: clean(body['From_Account']),
      raw: bytes.toString('utf8'),
      ...contentOf(body['MsgBody'] as unknown[]),
    },
  };
}

function recall(body: Body): Expected {
  const list = body['MsgSeqList'];
  const items: readonly unknown[] = Array.isArray(list) ? list : [];
  const faults = items.flatMap((item, at) => {
    const inner = isObject(item) ? item : {};
    const sequence = integer(1, Number.MAX_SAFE_INTEGER)(inner['MsgSeq']) ? [] : [`MsgSeqList[${at}].MsgSeq`];
    return [...sequence, ...wrong(inner, { MsgId: string }, `MsgSeqList[${at}].`)];
  });
  if (items.length === 0) faults.push('MsgSeqList');
  const all = judged([...needed(body), ...faults, ...wrong(body, ofRecalls)]);
  if (all !== undefined) return all;
  const { EventTime: event } = body;
  const operator = clean(body['Operator_Account']);
  return {
    kind: 'recall',
    rows: [...new Set(items.map((item) => Number((item as Body)['MsgSeq'])))].map((msgSeq) => ({
      ...placeOf(body),
      msgSeq,
      recalledAt: event === undefined ? null : Number(event),
      operator: operator === '' ? null : operator,
    })),
  };
}
