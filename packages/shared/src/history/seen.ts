import type { Pool } from '../db/index.ts';
import { startLoop, type Loop } from '../lifecycle/index.ts';
import { rangesOf, toMultirange } from './ranges.ts';

/** How often what was seen is written down, ms. */
const everyMs = 1_000;
/** Sequences remembered at most. What is forgotten beyond them only makes a question that the index answers. */
const mostRemembered = 200_000;

/** Sequences that are in the index, on their way into the coverage. */
export interface Seen {
  /** @param at Unix milliseconds of the message */
  note(conversationId: number, msgSeq: number, at: number): void;
  /** Writes down what was noted. */
  flush(): Promise<void>;
  /** Flushes every second. */
  readonly loop: Loop;
}

/** A sequence that is in the index. */
export interface SeenSequence {
  readonly conversationId: number;
  readonly msgSeq: number;
  /** Unix milliseconds of the message. */
  readonly at: number;
}

/** Writes at once what was seen, for what comes seldom and in lists. */
export async function noteSeen(pool: Pool, seen: readonly SeenSequence[]): Promise<void> {
  const noted = new Map<number, Noted>();
  for (const sequence of seen) add(noted, sequence);
  if (noted.size > 0) await write(pool, noted);
}

function add(noted: Map<number, Noted>, { conversationId, msgSeq, at }: SeenSequence): void {
  const of = noted.get(conversationId);
  if (of === undefined) noted.set(conversationId, { seqs: [msgSeq], active: at });
  else {
    of.seqs.push(msgSeq);
    of.active = Math.max(of.active, at);
  }
}

async function write(pool: Pool, noted: ReadonlyMap<number, Noted>): Promise<void> {
  await pool.query({
    name: 'coverage_note',
    text: 'select coverage_note($1::bigint[], $2::text[], $3::timestamptz[])',
    values: [
      [...noted.keys()],
      [...noted.values()].map(({ seqs }) => toMultirange(rangesOf(seqs))),
      [...noted.values()].map(({ active }) => new Date(active)),
    ],
  });
}

interface Noted {
  readonly seqs: number[];
  active: number;
}

/**
 * Collects the sequences of indexed messages and writes them once a second, a row for each conversation:
 * the cost depends on the conversations that are active, not on the messages. Coverage may lag behind the
 * index, and lose a second when a process is killed; the index is looked at before history is asked.
 */
export function createSeen(pool: Pool, onError: (error: unknown) => void): Seen {
  let noted = new Map<number, Noted>();
  let remembered = 0;

  async function flush(): Promise<void> {
    if (noted.size === 0) return;
    const taken = noted;
    noted = new Map();
    remembered = 0;
    try {
      await write(pool, taken);
    } catch (error) {
      for (const [id, { seqs, active }] of taken) for (const seq of seqs) note(id, seq, active);
      throw error;
    }
  }

  function note(conversationId: number, msgSeq: number, at: number): void {
    if (remembered >= mostRemembered) return;
    remembered += 1;
    add(noted, { conversationId, msgSeq, at });
  }

  return { note, flush, loop: startLoop(everyMs, flush, onError) };
}
