import { createBackfill, getBackfill, type BackfillDetails, type NewBackfill } from '@chat-recall/shared/history';
import { contentOf } from '@chat-recall/shared/messages';
import { eventually } from '@chat-recall/testkit';
import { expect } from '@jest/globals';
import { appId, type Rig } from './rig.ts';

export const dayMs = 86_400_000;

export const daysAgo = (days: number): number => Math.floor((Date.now() - days * dayMs) / 1_000);

export function start(rig: Rig, wanted: Partial<NewBackfill> = {}): Promise<string> {
  return createBackfill(rig.db, {
    appId,
    kind: 'history',
    since: new Date(Date.now() - 7 * dayMs),
    estimate: false,
    requestedBy: 'tester',
    ...wanted,
  });
}

export const readOne = (rig: Rig, id: string): Promise<BackfillDetails> => getBackfill(rig.db, appId, id);

/** Waits until a backfill has one of these states; failing parts are not waited for, as a person would have to. */
export async function reached(
  rig: Rig,
  id: string,
  states: readonly BackfillDetails['state'][] = ['completed', 'failed', 'cancelled'],
  impatient = true,
): Promise<BackfillDetails> {
  return eventually(
    async () => {
      if (impatient) await hurry(rig);
      const now = await readOne(rig, id);
      return states.includes(now.state) ? now : null;
    },
    { timeoutMs: 25_000, what: `backfill ${id} as ${states.join(' or ')}` },
  );
}

/** Pauses between tries are over at once; those for files that are still to be made only if that is asked for. */
export async function hurry(rig: Rig, files = false): Promise<void> {
  await rig.pool.query(
    `update backfill_parts set due_at = '-infinity' where state = 'waiting' and due_at > now()
                          and ($1 or note is distinct from 'not_made_yet')`,
    [files],
  );
  await rig.pool.query(
    `update backfills set due_at = '-infinity' where state = 'listing' and failures > 0 and due_at < now() + interval '15 seconds'`,
  );
}

/** A killed worker's leases are over at once. */
export async function endLeases(rig: Rig): Promise<void> {
  await rig.pool.query(`update backfill_parts set due_at = '-infinity' where state = 'running'`);
  await rig.pool.query(`update backfills set due_at = '-infinity' where state = 'listing'`);
}

type Row = readonly [groupId: string, topicId: string, msgSeq: number, sender: string, at: number, text: string];

/** What of the stand-in's world can be read from history. */
export function world(rig: Rig, from = Date.now() - 7 * dayMs, live: ReadonlySet<string> = new Set()): Row[] {
  return [...rig.standIn.messages()]
    .filter(
      ({ groupId, system, recalled, msgTime }) => !live.has(groupId) && !system && !recalled && msgTime * 1_000 >= from,
    )
    .map(({ groupId, topicId, msgSeq, from: sender, msgTime, body }): Row => {
      return [groupId, topicId ?? '', msgSeq, sender, msgTime * 1_000, contentOf([...body]).text];
    })
    .sort(byKey);
}

export async function index(rig: Rig): Promise<Row[]> {
  const { rows } = await rig.pool.query<{
    group_id: string;
    topic_id: string;
    msg_seq: number;
    sender: string;
    at: Date;
    text: string;
  }>(
    `select group_id, topic_id, msg_seq, sender, msg_time as at, text from messages join conversations using (conversation_id)`,
  );
  return rows
    .map((row): Row => [row.group_id, row.topic_id, row.msg_seq, row.sender, row.at.getTime(), row.text])
    .sort(byKey);
}

function byKey(a: Row, b: Row): number {
  return a[0].localeCompare(b[0]) || a[1].localeCompare(b[1]) || a[2] - b[2];
}

export async function marks(rig: Rig): Promise<string[]> {
  const { rows } = await rig.pool.query<{ place: string; msg_seq: number }>(
    `select case topic_id when '' then group_id else topic_id end as place, msg_seq
       from recall_marks join conversations using (conversation_id)`,
  );
  return rows.map(({ place, msg_seq: seq }) => `${place}:${seq}`).sort();
}

/** Every page and hour asked for, as the stand-in saw it. */
export function pages(rig: Rig): string[] {
  return [
    ...rig.standIn.ledger
      .calls({ command: 'group_msg_get_simple' })
      .map(({ groupId, topicId, reqMsgSeq, reqMsgNumber }) => `${topicId ?? groupId}:${reqMsgSeq}/${reqMsgNumber}`),
    ...rig.standIn.ledger.calls({ command: 'get_history' }).map(({ hour }) => String(hour)),
  ];
}

export function repeated(rig: Rig): number {
  const all = pages(rig);
  return all.length - new Set(all).size;
}

/** Nothing was asked for twice, and all that was missing is there. */
export async function expectWhole(rig: Rig, live: ReadonlySet<string> = new Set()): Promise<void> {
  expect(await index(rig)).toEqual(world(rig, undefined, live));
  expect(await marks(rig)).toEqual([...rig.standIn.recalledMessages()].sort());
}
