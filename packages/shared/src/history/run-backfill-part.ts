import { createConversations, type Conversations } from '../messages/index.ts';
import { createKnownGroups, type KnownGroups } from './backfill-groups.ts';
import { readHour } from './backfill-hour.ts';
import { note } from './backfill-notes.ts';
import { settlePart, stopBackfill, type BackfillPart, type PartEnd } from './backfill-parts.ts';
import { walkConversation } from './backfill-pages.ts';
import { findTopics, findTypes } from './backfill-types.ts';
import { counted, type BackfillWork } from './backfill-work.ts';

/** Does what is to be done next of a part, and gives it back. */
export type RunPart = (part: BackfillPart) => Promise<void>;

/** @returns what reads one part after the other, with what it remembers of groups between them */
export function createPartRunner(work: BackfillWork): RunPart {
  const memory = { conversations: createConversations(work.pool), groups: createKnownGroups(work) };
  return async (part) => {
    try {
      await run(work, part, memory);
    } catch (error) {
      // A process that stops: somebody else goes on with it at once.
      await settlePart(work, part, interrupted(work, error), null, { calls: 0, messages: 0 });
      if (!work.signal.aborted) throw error;
    }
  };
}

function interrupted({ signal }: BackfillWork, _error: unknown): PartEnd {
  return signal.aborted
    ? { kind: 'waiting', seconds: 0, note: null }
    : { kind: 'again', note: note('failed'), code: null };
}

async function run(
  work: BackfillWork,
  part: BackfillPart,
  memory: { readonly conversations: Conversations; readonly groups: KnownGroups },
): Promise<void> {
  const nothing = { calls: 0, messages: 0 };
  switch (part.step) {
    // Their calls are counted where the answer is written down, and the part is given back there.
    case 'type':
      return settlePart(
        work,
        part,
        (await findTypes(work, part, [part.part])) ?? { kind: 'settled' },
        work.gates.groups,
        nothing,
      );
    case 'topics':
      return settlePart(
        work,
        part,
        (await findTopics(work, part, part.groupId)) ?? { kind: 'settled' },
        work.gates.topics,
        nothing,
      );
    case 'pages': {
      const { history } = work.gates;
      if (history === null) {
        await settlePart(work, part, { kind: 'waiting', seconds: 0, note: null }, null, nothing);
        return stopBackfill(work, part.backfillId, note('history_off'));
      }
      const { end, calls } = await walkConversation(work, part, history);
      return settlePart(work, part, end, history, { calls, messages: 0 });
    }
    case 'hour': {
      const { files, groups } = work.gates;
      const gates = { files: counted(work, part.backfillId, files), info: counted(work, part.backfillId, groups) };
      const { end, messages } = await readHour(work, part, { ...memory, ...gates });
      return settlePart(work, part, end, files, { calls: gates.files.calls() + gates.info.calls(), messages });
    }
  }
}
