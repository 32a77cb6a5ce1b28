import type { Db } from '@chat-recall/shared/db';
import type { Log } from '@chat-recall/shared/log';
import { maintainPartitions } from '@chat-recall/shared/messages';
import { dropEvidence, dropSamples } from '@chat-recall/shared/recalls';

/** Makes the partitions of the days to come, and drops what is older than it may be kept. Each hour; harmless twice. */
export async function keepHouse(db: Db, messageDays: number, evidenceDays: number, log: Log): Promise<void> {
  const { made, dropped } = await maintainPartitions(db, messageDays);
  const evidence = await dropEvidence(db, evidenceDays);
  await dropSamples(db);
  log.info({ partitionsMade: made, partitionsDropped: dropped.length, evidenceDropped: evidence }, 'house kept');
}
