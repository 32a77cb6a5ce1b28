import type { Conversations } from '../messages/index.ts';
import {
  getHistoryFiles,
  readHistoryFile,
  type HistoryFile,
  type HistoryFileEnd,
  type HistoryMessage,
} from '../tencent/index.ts';
import { GroupsUntold, type KnownGroups } from './backfill-groups.ts';
import { note } from './backfill-notes.ts';
import { endOf, type BackfillPart, type PartEnd } from './backfill-parts.ts';
import { createFileRows, type FileRows } from './backfill-rows.ts';
import type { BackfillWork, CountedGate } from './backfill-work.ts';
import { endOfHour } from './hours.ts';

/** For how long after an hour's end 1004 may mean that its file is not made yet; normally that takes one hour. */
const madeWithinMs = 3 * 3_600_000;
/** Until such a file is asked for again, s. */
const againAfterSeconds = 600;
/** Files up to this size are kept in memory until they are known to be whole; larger ones are fetched twice. */
const heldBytes = 4 * 1024 * 1024;

const tooOld = 1005;

/** What reading an hour takes beside the work itself. */
export interface HourParts {
  readonly conversations: Conversations;
  readonly groups: KnownGroups;
  /** Of `get_history`, counted. */
  readonly files: CountedGate;
  /** Of `get_group_info`, counted. */
  readonly info: CountedGate;
}

/**
 * Reads the files of one hour into the index. Of a file nothing is taken before it is known to be whole, as
 * told by its sizes and checksums: a copy that was changed on its way would otherwise stay. Asking for an
 * hour again does no harm.
 *
 * @returns the end, and how many messages were added
 */
export async function readHour(
  work: BackfillWork,
  part: BackfillPart,
  parts: HourParts,
): Promise<{ end: PartEnd; messages: number }> {
  const rows = createFileRows(work, part, { ...parts, gate: parts.info });
  const end = await read(work, part, parts, rows);
  return { end, messages: rows.counts.messages };
}

async function read(work: BackfillWork, part: BackfillPart, parts: HourParts, rows: FileRows): Promise<PartEnd> {
  const answer = await getHistoryFiles(work.client, { hour: part.part }, parts.files.enter);
  if (answer.kind !== 'answered') return endOf(null);
  switch (answer.body.kind) {
    case 'none': {
      const mayCome = work.now() < endOfHour(part.part) + madeWithinMs;
      if (!mayCome) return { kind: 'done', note: note('no_messages') };
      return { kind: 'waiting', seconds: againAfterSeconds, note: note('not_made_yet') };
    }
    case 'refused':
      return answer.errorCode === tooOld ? { kind: 'done', note: note('too_old') } : endOf(answer.errorCode);
    case 'files':
  }
  let malformed = 0;
  for (const file of answer.body.files) {
    try {
      const end = await takeFile(file, rows, work.signal);
      if (end.kind !== 'whole') return endOfFile(end);
      malformed += end.malformed;
      await rows.flush();
    } catch (error) {
      if (error instanceof GroupsUntold) return error.end;
      throw error;
    }
  }
  const { ofCommunities, ofGone } = rows.counts;
  const leftOut = ofCommunities + ofGone + malformed > 0;
  return { kind: 'done', note: leftOut ? note('left_out', ofCommunities, ofGone, malformed) : null };
}

async function takeFile(file: HistoryFile, rows: FileRows, signal: AbortSignal): Promise<HistoryFileEnd> {
  if (file.fileSize === null || file.fileSize > heldBytes) {
    const end = await readHistoryFile(file, () => {}, { signal });
    return end.kind === 'whole' ? readHistoryFile(file, (message) => rows.add(message), { signal }) : end;
  }
  const held: HistoryMessage[] = [];
  const end = await readHistoryFile(file, (message) => void held.push(message), { signal });
  if (end.kind === 'whole') for (const message of held) await rows.add(message);
  return end;
}

function endOfFile(end: Exclude<HistoryFileEnd, { kind: 'whole' }>): PartEnd {
  switch (end.kind) {
    case 'aborted':
      return { kind: 'waiting', seconds: 0, note: null };
    case 'expired':
      return { kind: 'again', note: note('url_expired'), code: null };
    case 'unreachable':
    case 'cut_short':
    case 'wrong_checksum':
    case 'line_too_long':
      return { kind: 'again', note: note(end.kind), code: null };
  }
}
