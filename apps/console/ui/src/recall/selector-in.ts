import type { Selector } from '@chat-recall/client/types';

/**
 * The selector in the address of a form; empty when it is not one. It is taken whole or not at all: without the field that
 * is odd it would select more than whoever wrote the link meant.
 */
export function selectorIn(text: string | null): Selector {
  try {
    const value: unknown = JSON.parse(text ?? '{}');
    return isSelector(value) ? value : {};
  } catch {
    return {};
  }
}

type Check = (value: unknown) => boolean;

const isText: Check = (value) => typeof value === 'string';
const isTime: Check = (value) => typeof value === 'string' && !Number.isNaN(Date.parse(value));
const isNumber: Check = (value) => Number.isSafeInteger(value);
const listOf =
  (check: Check): Check =>
  (value) =>
    Array.isArray(value) && value.every(check);
const shapeOf =
  (fields: Readonly<Record<string, Check>>, needed: readonly string[] = []): Check =>
  (value) =>
    typeof value === 'object' &&
    value !== null &&
    needed.every((name) => Object.hasOwn(value, name)) &&
    Object.entries(value).every(([name, field]) => Object.hasOwn(fields, name) && fields[name]?.(field) === true);

const place = { groupId: isText, topicId: (value: unknown) => value === null || isText(value) };
const fields = {
  senders: listOf(isText),
  excludeSenders: listOf(isText),
  keywords: listOf(isText),
  groupIds: listOf(isText),
  topicIds: listOf(isText),
  sentFrom: isTime,
  sentTo: isTime,
  messages: listOf(shapeOf({ ...place, msgSeqs: listOf(isNumber) }, ['groupId', 'msgSeqs'])),
  sameTextAs: shapeOf({ ...place, msgSeq: isNumber }, ['groupId', 'msgSeq']),
  limit: isNumber,
} satisfies Record<Exclude<keyof Selector, 'sdkAppId'>, Check>;

const isSelector = shapeOf({ ...fields, sdkAppId: isNumber }) as (value: unknown) => value is Selector;
