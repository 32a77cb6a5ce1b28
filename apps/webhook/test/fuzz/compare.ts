import { isDeepStrictEqual } from 'node:util';
import type { Pool } from '@chat-recall/shared/db';
import type { ExpectedMark, ExpectedMessage } from './model.ts';

/** What may lie between the clock of whoever posts and that of the receiver, ms. */
const slackMs = 1_000;

interface Key {
  readonly groupId: string;
  readonly topicId: string;
  readonly msgSeq: number;
}
/** What became of the rows: sentences, none when all is as it should be. */
export async function compareRows(
  pool: Pool,
  expected: { readonly messages: readonly ExpectedMessage[]; readonly marks: readonly ExpectedMark[] },
  began: number,
): Promise<string[]> {
  const messages = await pool.query<ExpectedMessage & { msgTime: Date | number }>(`
    select c.group_id as "groupId", c.topic_id as "topicId", m.msg_seq as "msgSeq", m.msg_time as "msgTime", m.sender,
           m.text, m.folded, m.pieces, m.message_types as "messageTypes", m.raw
      from messages m join conversations c using (conversation_id)`);
  const marks = await pool.query<ExpectedMark & { recalledAt: Date | number }>(`
    select c.group_id as "groupId", c.topic_id as "topicId", r.msg_seq as "msgSeq", r.recalled_at as "recalledAt",
           r.operator
      from recall_marks r join conversations c using (conversation_id)`);
  const isNow = (time: number): boolean => time >= began - slackMs && time <= Date.now() + slackMs;
  function sameMessage(row: (typeof messages.rows)[number], wanted: ExpectedMessage): boolean {
    const { msgTime, pieces, ...rest } = row;
    const { msgTime: wantedTime, pieces: wantedPieces, ...wantedRest } = wanted;
    const isTime = wantedTime === null ? isNow(Number(msgTime)) : Number(msgTime) === wantedTime;
    return isTime && isDeepStrictEqual(rest, wantedRest) && isDeepStrictEqual([...pieces], [...wantedPieces]);
  }
  function sameMark(row: (typeof marks.rows)[number], wanted: ExpectedMark): boolean {
    const { recalledAt, operator } = wanted;
    const isTime = recalledAt === null ? isNow(Number(row.recalledAt)) : Number(row.recalledAt) === recalledAt;
    return isTime && row.operator === operator;
  }
  return [
    ...match('message', messages.rows, expected.messages, sameMessage),
    ...match('mark', marks.rows, expected.marks, sameMark),
  ];
}

/** A key that was sent once has exactly its row. Where chance has sent one twice, any of the copies will do. */
function match<Row extends Key, Wanted extends Key>(
  what: string,
  rows: readonly Row[],
  wanted: readonly Wanted[],
  same: (row: Row, wanted: Wanted) => boolean,
): string[] {
  const rowsOf = grouped(rows);
  const wantedOf = grouped(wanted);
  const faults: string[] = [];
  for (const [key, ones] of wantedOf) {
    const [row, ...more] = rowsOf.get(key) ?? [];
    const [only, ...others] = ones;
    if (row === undefined) faults.push(`a ${what} is missing: ${key}`);
    else if (only !== undefined && others.length === 0 && (more.length > 0 || !same(row, only))) {
      faults.push(
        `a ${what} is stored otherwise: ${JSON.stringify([row, ...more])} instead of ${JSON.stringify(only)}`,
      );
    }
  }
  for (const key of rowsOf.keys()) if (!wantedOf.has(key)) faults.push(`a ${what} is stored that was refused: ${key}`);
  return faults;
}

function grouped<T extends Key>(all: readonly T[]): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const one of all) {
    const key = JSON.stringify([one.groupId, one.topicId, one.msgSeq]);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [one]);
    else group.push(one);
  }
  return groups;
}
