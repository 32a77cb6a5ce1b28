import { afterEach, describe, expect, it } from '@jest/globals';
import { resumeBackfill } from '@chat-recall/shared/history';
import { eventually } from '@chat-recall/testkit';
import { hurry, index, marks, pages, readOne, reached, repeated, start, world } from './backfill-world.ts';
import { appId, postgresBackend, startRig, type Rig } from './rig.ts';

const hourMs = 3_600_000;
let rig: Rig;
let ahead = 0;
const startWith = async (options: Parameters<typeof startRig>[1] = {}): Promise<void> => {
  ahead = 0;
  thisHour = Math.floor(Date.now() / hourMs) * hourMs;
  rig = await startRig(postgresBackend, { clock: () => Date.now() + ahead, ...options });
};
afterEach(() => rig.stop());

let thisHour = 0;
/** Unix seconds, so many hours before the present one begins. */
const before = (hours: number): number => (thisHour - hours * hourMs) / 1_000;

/** Asked for in the present hour, before a worker looks: the hour may end while a test runs. */
async function startFiles(hours: number, estimate = false): Promise<string> {
  const id = await start(rig, { kind: 'files', since: new Date(thisHour - hours * hourMs), estimate });
  await rig.pool.query('update backfills set created_at = $1', [new Date(thisHour + 60_000)]);
  return id;
}

const hourOf = (ms: number): string => new Date(ms + 8 * hourMs).toISOString().replaceAll(/\D/gu, '').slice(0, 10);

/** The parts of hours that are not over yet, or whose file may still come, are left waiting. */
async function waitingOnly(id: string): Promise<void> {
  await eventually(
    async () => {
      const { parts } = await readOne(rig, id);
      const { rows } = await rig.pool.query(
        `select count(*)::int as n from backfill_parts where note = 'not_made_yet'`,
      );
      return parts.running === 0 && parts.waiting === rows[0]?.n && parts.total > 0;
    },
    { timeoutMs: 25_000, what: 'everything but files that are still to come' },
  );
}

describe('hourly files', () => {
  it('are read hour by hour; communities come from history, and what is gone is left out', async () => {
    await startWith({ history: { messagesPerFile: 60, madeAfterMs: 0 } });
    rig.group('a');
    rig.group('live', 'AVChatRoom');
    rig.group('gone');
    const [news] = rig.group('@TGS#_c', 'Community', ['news']);
    const span = { sentFrom: before(3), sentTo: before(0) - 1 };
    rig.standIn.addHistory({ groupId: 'a', count: 250, ...span });
    rig.standIn.addHistory({ groupId: 'live', count: 30, ...span });
    rig.standIn.addHistory({ groupId: 'gone', count: 30, ...span });
    rig.standIn.addHistory({ groupId: '@TGS#_c', count: 10, ...span });
    rig.standIn.addHistory({ groupId: '@TGS#_c', topicId: String(news), count: 45, ...span });
    rig.standIn.recallByClient({ groupId: 'a', msgSeqs: [7, 8], by: 'owner', callback: false });
    rig.standIn.destroyGroup('gone');
    const id = await startFiles(6, true);
    await rig.worker();
    expect(await reached(rig, id, ['paused'])).toMatchObject({
      missing: 7,
      calls: { estimated: 7, made: 0, limit: 9 },
      estimatedSeconds: 1,
      parts: { total: 7, waiting: 7 },
    });
    await resumeBackfill(rig.db, appId, id);
    await waitingOnly(id);
    // The present hour's file is made when it is over.
    expect(await readOne(rig, id)).toMatchObject({ state: 'running', parts: { waiting: 1 } });
    rig.standIn.send({ groupId: 'a', from: 'ann', text: 'of this hour', msgTime: before(0) + 5 });
    ahead = 2 * hourMs;
    await hurry(rig, true);
    const done = await reached(rig, id);
    expect(done).toMatchObject({ state: 'completed', calls: { left: 0 }, failed: [] });
    const notes = Object.fromEntries(done.notes.map(({ code, count, en }) => [code, [count, en]]));
    expect(notes['no_messages']?.[0]).toBe(3);
    expect(notes['left_out']?.[1]).toMatch(
      /^\d+ messages of communities .*topics apart; 3\d of groups that are gone; 0 malformed lines$/u,
    );
    // Files show messages as they were sent, recalled ones as well: only callbacks and history mark them.
    const sent = [...rig.standIn.messages()].filter(({ recalled }) => recalled !== null);
    expect(sent).toHaveLength(2);
    for (const message of sent) message.recalled = null;
    expect(await index(rig)).toEqual(world(rig));
    expect(await marks(rig)).toEqual([]);
    const { rows } = await rig.pool.query(
      `select distinct source, group_id from messages join conversations using (conversation_id) order by 1, 2`,
    );
    expect(rows).toEqual([
      { source: 2, group_id: '@TGS#_c' },
      { source: 3, group_id: 'a' },
      { source: 3, group_id: 'live' },
    ]);
    // Each hour but the one that was asked for too soon was asked for once, and each page.
    expect(repeated(rig)).toBe(1);
    const { rows: coverage } = await rig.pool.query(
      `select known::text from coverage join conversations using (conversation_id) where group_id = 'a'`,
    );
    expect(coverage).toEqual([{ known: '{[1,252)}' }]);
  });

  it('do not overwrite what a callback brought, and are tried again after passing refusals', async () => {
    await startWith({ history: { madeAfterMs: 0 } });
    rig.group('g');
    rig.standIn.addHistory({ groupId: 'g', count: 40, sentFrom: before(1), sentTo: before(0) - 1 });
    const message = rig.standIn.message('g', null, 9);
    await rig.index([
      {
        groupId: 'g',
        topicId: null,
        from: 'callback',
        text: 'as the callback said',
        msgSeq: 9,
        msgTime: Number(message?.msgTime),
      },
    ]);
    await rig.pool.query(
      `insert into recall_marks (conversation_id, msg_seq, recalled_at) select conversation_id, 3, now() from conversations`,
    );
    rig.standIn.faults.add({ command: 'get_group_info', effect: { kind: 'http', status: 502 } });
    rig.standIn.faults.add({ command: 'get_history', times: 2, effect: { kind: 'error-code', code: 60007 } });
    rig.standIn.faults.add({ command: 'history-file', effect: { kind: 'http', status: 500 } });
    const id = await startFiles(1);
    await rig.worker();
    await waitingOnly(id);
    expect(await index(rig)).toHaveLength(40);
    expect((await index(rig)).filter(([, , , sender]) => sender === 'callback')).toHaveLength(1);
    expect(await marks(rig)).toEqual(['g:3']);
  });

  it.each([
    ['get_history', { kind: 'wrong-md5' }, 'wrong_checksum'],
    ['history-file', { kind: 'cut-file' }, 'cut_short'],
    ['history-file', { kind: 'expired-url' }, 'url_expired'],
    ['history-file', { kind: 'garbage' }, 'wrong_checksum'],
    ['history-file', { kind: 'reset' }, 'unreachable'],
  ] as const)(
    'with a fault in %s (%p) are asked for again; when it stays, the hour fails and nothing of it is taken',
    async (command, effect, code) => {
      await startWith({ history: { messagesPerFile: 30, madeAfterMs: 0 } });
      rig.group('g');
      rig.standIn.addHistory({ groupId: 'g', count: 50, sentFrom: before(1), sentTo: before(0) - 1 });
      rig.standIn.faults.add({ command, times: Infinity, effect });
      const id = await startFiles(1);
      await rig.worker();
      await eventually(
        async () => {
          await hurry(rig);
          return (await readOne(rig, id)).parts.failed === 1;
        },
        { timeoutMs: 25_000, what: 'the hour as failed' },
      );
      expect(await index(rig)).toEqual([]);
      rig.standIn.faults.clear();
      ahead = 2 * hourMs;
      rig.standIn.send({ groupId: 'g', from: 'ann', text: 'of this hour', msgTime: before(0) + 5 });
      await hurry(rig, true);
      const failed = await reached(rig, id);
      expect(failed).toMatchObject({
        state: 'failed',
        failed: [{ groupId: null, topicId: null, hour: hourOf(thisHour - hourMs), cause: { code } }],
      });
      await resumeBackfill(rig.db, appId, id);
      expect(await reached(rig, id)).toMatchObject({ state: 'completed', messages: 51, failed: [] });
      expect(await index(rig)).toEqual(world(rig));
      expect(pages(rig).length).toBeGreaterThan(8);
    },
  );

  it('that are older than seven days are not asked for, and the hour at the edge is told', async () => {
    await startWith({ history: { madeAfterMs: 0 } });
    await rig.worker();
    const id = await start(rig, { kind: 'files', since: new Date(0), estimate: true });
    const { missing, since: from } = await reached(rig, id, ['paused']);
    expect(missing).toBeGreaterThanOrEqual(168);
    expect(missing).toBeLessThanOrEqual(170);
    expect(Date.parse(from)).toBeGreaterThan(Date.now() - 7.01 * 24 * hourMs);
  });
});
