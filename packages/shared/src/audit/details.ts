import type { Db } from '../db/index.ts';
import { pseudonymize } from './pseudonyms.ts';

/** What a selector or a query has of message senders. */
interface WithSenders {
  readonly senders?: readonly string[] | undefined;
  readonly excludeSenders?: readonly string[] | undefined;
}

/**
 * A selector or query as the audit may keep it: senders by pseudonym. Call it before the transaction of
 * the deed: new pseudonyms lock what other writers may want.
 */
export async function withoutSenders<T extends WithSenders>(db: Db, appId: number, part: T): Promise<T> {
  const { senders = [], excludeSenders = [] } = part;
  const known = await pseudonymize(db, appId, [...senders, ...excludeSenders]);
  return {
    ...part,
    ...(part.senders === undefined ? {} : { senders: known.slice(0, senders.length) }),
    ...(part.excludeSenders === undefined ? {} : { excludeSenders: known.slice(senders.length) }),
  };
}
