import type { Db } from '@chat-recall/shared/db';
import type { Log } from '@chat-recall/shared/log';
import { dropTextlessDays, maintainPartitions, type Retention } from '@chat-recall/shared/messages';
import { dropLeftOut, dropOldRecords, dropSamples, neededDays } from '@chat-recall/shared/recalls';

/** How long what is kept, in days. */
export interface Keeping {
  /** Of all apps whose messages are in the index. */
  readonly messages: readonly Retention[];
  readonly evidenceDays: number;
  /** Outcomes and attempts, counted from a recall's end. */
  readonly recallDays: number;
}

/** Makes the partitions of the days to come, and drops what is older than it may be kept. Each hour; harmless twice. */
export async function keepHouse(
  db: Db,
  keep: Keeping,
  parts: { readonly log: Log; readonly onHeld: (partitions: number) => void },
): Promise<void> {
  const { log, onHeld } = parts;
  const messageDays = Math.max(...keep.messages.map(({ days }) => days));
  const { made, dropped, held, overdue, deleted } = await maintainPartitions(db, keep.messages, { needed: neededDays });
  onHeld(held.length);
  for (const { name, recallIds } of held) {
    log.info({ partition: name, recallIds }, 'older than the retention, and held for open recalls');
  }
  for (const { name, recallIds } of overdue) {
    log.warn({ partition: name, recallIds }, 'dropped although open recalls still have messages of it to call');
  }
  const { evidence, marks, quarantined, recalls } = await dropOldRecords(db, { ...keep, messageDays });
  await dropTextlessDays(db, messageDays);
  await dropSamples(db);
  await dropLeftOut(db);
  log.info(
    {
      partitionsMade: made,
      partitionsDropped: dropped.length,
      partitionsHeld: held.length,
      messagesDeleted: deleted,
      evidenceDropped: evidence,
      marksDropped: marks,
      quarantineDropped: quarantined,
      recallsThinned: recalls,
    },
    'house kept',
  );
}
