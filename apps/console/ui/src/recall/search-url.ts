import type { Message, Selector } from '@chat-recall/client/types';
import { queryString } from '../api/client.ts';
import type { NamedMessage } from '../api/types.ts';

export const quickWindows = ['any', '1h', '24h', '7d', 'custom'] as const;
export type QuickWindow = (typeof quickWindows)[number];

const hours: Readonly<Record<string, number>> = { '1h': 1, '24h': 24, '7d': 168 };

/** What is looked for, as the address of the page carries it. */
export interface Search {
  readonly senders: readonly string[];
  readonly keywords: readonly string[];
  readonly groupIds: readonly string[];
  readonly topicIds: readonly string[];
  readonly kinds: readonly string[];
  readonly window: QuickWindow;
  /** ISO; with `custom` only. */
  readonly from: string;
  readonly to: string;
  readonly sameTextAs: NamedMessage | null;
}

export const emptySearch: Search = {
  senders: [],
  keywords: [],
  groupIds: [],
  topicIds: [],
  kinds: [],
  window: 'any',
  from: '',
  to: '',
  sameTextAs: null,
};

export function readSearch(query: string): Search {
  const parameters = new URLSearchParams(query);
  const last = parameters.get('last') ?? '';
  const from = parameters.get('from') ?? '';
  const to = parameters.get('to') ?? '';
  const sequence = Number(parameters.get('sameSeq'));
  return {
    senders: parameters.getAll('sender'),
    keywords: parameters.getAll('keyword'),
    groupIds: parameters.getAll('group'),
    topicIds: parameters.getAll('topic'),
    kinds: parameters.getAll('kind'),
    window: Object.hasOwn(hours, last) ? (last as QuickWindow) : from !== '' || to !== '' ? 'custom' : 'any',
    from,
    to,
    sameTextAs:
      Number.isSafeInteger(sequence) && sequence > 0
        ? { groupId: parameters.get('sameGroup') ?? '', topicId: parameters.get('sameTopic'), msgSeq: sequence }
        : null,
  };
}

export function searchQuery(search: Search): string {
  const { window, sameTextAs: same } = search;
  return queryString({
    sender: search.senders,
    keyword: search.keywords,
    group: search.groupIds,
    topic: search.topicIds,
    kind: search.kinds,
    last: Object.hasOwn(hours, window) ? window : '',
    from: window === 'custom' ? search.from : '',
    to: window === 'custom' ? search.to : '',
    sameGroup: same?.groupId ?? '',
    sameTopic: same?.topicId ?? '',
    sameSeq: same?.msgSeq,
  });
}

/** The ends of the window: a quick one is counted back from `now`. */
export function windowOf({ window, from, to }: Search, now: number): { sentFrom?: string; sentTo?: string } {
  const back = hours[window];
  if (back !== undefined) return { sentFrom: new Date(now - back * 3_600_000).toISOString() };
  if (window !== 'custom') return {};
  return { ...(from === '' ? {} : { sentFrom: from }), ...(to === '' ? {} : { sentTo: to }) };
}

/** What a recall of everything found selects: a quick window gets an end, so that it is what was seen. */
export function selectorOf(search: Search, now: number): Selector {
  const { sentFrom, sentTo } = windowOf(search, now);
  const end = sentTo ?? (sentFrom === undefined ? undefined : new Date(now).toISOString());
  return {
    ...(search.senders.length > 0 && { senders: search.senders }),
    ...(search.keywords.length > 0 && { keywords: search.keywords }),
    ...(search.groupIds.length > 0 && { groupIds: search.groupIds }),
    ...(search.topicIds.length > 0 && { topicIds: search.topicIds }),
    ...(sentFrom !== undefined && { sentFrom }),
    ...(end !== undefined && { sentTo: end }),
    ...(search.sameTextAs !== null && { sameTextAs: search.sameTextAs }),
  };
}

export function named({ groupId, topicId, msgSeq }: Message): NamedMessage {
  return { groupId, topicId, msgSeq };
}
