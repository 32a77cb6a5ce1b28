import { cleanText, insertMessages, type Conversations } from '../messages/index.ts';
import type { HistoryMessage } from '../tencent/index.ts';
import type { KnownGroups } from './backfill-groups.ts';
import type { BackfillPart } from './backfill-parts.ts';
import type { BackfillWork, CountedGate } from './backfill-work.ts';
import { noteSeen } from './seen.ts';

/** Messages written at once. */
const rowsAtOnce = 500;

/** Takes the messages of files into the index. */
export interface FileRows {
  add(message: HistoryMessage): Promise<void>;
  flush(): Promise<void>;
  /** Rows added, and rows left out, so far. */
  readonly counts: { messages: number; ofCommunities: number; ofGone: number };
}

/**
 * Collects messages of an hour's files and writes them, 500 at a time. Those of communities are left out,
 * since a file does not tell their topics apart: the communities become parts of the backfill, which are
 * read from history. Those of groups that are gone are left out, too: nothing can be recalled there.
 */
export function createFileRows(
  work: BackfillWork,
  part: BackfillPart,
  parts: { readonly conversations: Conversations; readonly groups: KnownGroups; readonly gate: CountedGate },
): FileRows {
  const { pool, appId, read, now } = work;
  const counts = { messages: 0, ofCommunities: 0, ofGone: 0 };
  let held: HistoryMessage[] = [];

  async function flush(): Promise<void> {
    const taken = held;
    held = [];
    const known = await parts.groups.of([...new Set(taken.map(({ groupId }) => groupId))], parts.gate);
    const communities = new Set<string>();
    const kept = taken.filter(({ groupId }) => {
      const group = known.get(groupId);
      if (group?.gone === true) counts.ofGone += 1;
      else if (group?.community === true) {
        counts.ofCommunities += 1;
        communities.add(groupId);
      } else return true;
      return false;
    });
    if (communities.size > 0) await addCommunities(work, part.backfillId, [...communities]);
    if (kept.length === 0) return;
    const ids = await parts.conversations.idsOf(
      kept.map(({ groupId }) => ({ appId, groupId, topicId: '', groupType: known.get(groupId)?.type ?? '' })),
    );
    const receivedAt = now();
    counts.messages += await insertMessages(
      pool,
      kept.map(({ msgSeq, msgTime, sender, body }, at) => ({
        conversationId: Number(ids[at]),
        msgSeq,
        appId,
        msgTime,
        receivedAt,
        sender: cleanText(sender),
        ...read(Array.isArray(body) ? body : []),
        raw: null,
        source: 'file',
      })),
    );
    // A file accounts for the sequences that it holds, and for no others: what lies between is asked of history.
    await noteSeen(
      pool,
      kept.map(({ msgSeq, msgTime }, at) => ({ conversationId: Number(ids[at]), msgSeq, at: msgTime })),
    );
  }

  return {
    counts,
    flush,
    async add(message) {
      held.push({ ...message, groupId: cleanText(message.groupId) });
      if (held.length >= rowsAtOnce) await flush();
    },
  };
}

async function addCommunities({ pool }: BackfillWork, backfillId: string, groupIds: readonly string[]): Promise<void> {
  await pool.query({
    name: 'add_backfill_communities',
    text: `insert into backfill_parts (backfill_id, part, step)
           select $1, part, 'type' from unnest($2::text[]) as part on conflict do nothing`,
    values: [backfillId, groupIds],
  });
}
