import { randomInt } from 'node:crypto';
import { sql } from 'kysely';
import { matches, searchMessages, type Selection } from '@chat-recall/shared/messages';
import type { Db } from '@chat-recall/shared/db';
import type { Filled } from '../fill/fill-messages.ts';
import type { Planted } from '../fill/texts.ts';

export const appId = 1_400_000_000;
export const pageRows = 100;
/** What is counted with a limit says "at least". */
export const mostCounted = 10_000;
/** Of two characters, so that no trigram helps; planted in so many messages, or fewer where there are few. */
const rareHits = 800;
const rareWords = ['龘靐', '齉爩', '鱻麤', '灪龖', '厵滟', '麣鸾', '籱饢', '驫鲡'];
export const rareWord = '龘靐';

/** Who or what is looked for. */
export type Wanted = Partial<Pick<Selection, 'senders' | 'keywords'>>;

export interface SearchKind {
  readonly name: string;
  /** That of the `at`-th search. */
  of(at: number): Wanted;
}

/** For `fillMessages`: the rare words. */
export function plantedIn(count: number): Planted[] {
  return rareWords.map((text) => ({ text, share: Math.min(rareHits / count, 0.0005) }));
}

/** What is looked for in an index that was filled with the rare words. */
export function searchKinds({ vocabulary, senders }: Filled): readonly SearchKind[] {
  const { chinese, english } = vocabulary;
  return [
    { name: 'one sender', of: () => ({ senders: [senders[randomInt(senders.length)] ?? ''] }) },
    {
      name: 'a Chinese word of two characters, rare',
      of: (at) => ({ keywords: [rareWords[at % rareWords.length] ?? ''] }),
    },
    { name: 'the most common Chinese word', of: () => ({ keywords: [chinese[0] ?? ''] }) },
    { name: 'the most common English word', of: () => ({ keywords: [english[0] ?? ''] }) },
    { name: 'one Chinese character', of: () => ({ keywords: [[...(chinese[0] ?? '')][0] ?? ''] }) },
  ];
}

/** The newest messages, as the console asks for them. */
export async function firstPage(db: Db, wanted: Wanted): Promise<void> {
  await searchMessages(db, { selection: select(wanted), sentFrom: null, sentTo: null, after: null, limit: pageRows });
}

/** How many there are, up to one more than `mostCounted`. */
export async function countUpTo(db: Db, wanted: Wanted): Promise<number> {
  const { rows } = await sql<{ n: number }>`
    select count(*) as n
      from (select from messages m where ${matches(select(wanted))} limit ${mostCounted + 1}) found`.execute(db);
  return rows[0]?.n ?? 0;
}

function select({ senders = [], keywords = [] }: Wanted): Selection {
  return {
    appId,
    senders,
    keywords,
    excludeSenders: [],
    conversationIds: null,
    sequences: null,
    sameText: null,
    hash: null,
    messageTypes: 0,
  };
}
