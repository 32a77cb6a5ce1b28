import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { cancelBackfill, parseMultirange, pauseBackfill, resumeBackfill } from '@chat-recall/shared/history';
import { internConversations } from '@chat-recall/shared/messages';
import { eventually } from '@chat-recall/testkit';
import {
  dayMs,
  daysAgo,
  expectWhole,
  index,
  marks,
  pages,
  readOne,
  reached,
  repeated,
  start,
  world,
} from './backfill-world.ts';
import { appId, postgresBackend, startRig, type Rig } from './rig.ts';

let rig: Rig;
beforeEach(async () => {
  rig = await startRig(postgresBackend);
});
afterEach(() => rig.stop());

async function known(groupId: string, topicId = ''): Promise<unknown> {
  const [id] = await internConversations(rig.db, [{ appId, groupId, topicId, groupType: '' }]);
  const { rows } = await rig.pool.query('select known::text from coverage where conversation_id = $1', [id]);
  return parseMultirange(String(rows[0]?.known));
}

/** What is left out is asked for once more: these must not bend that call, too. */
const lost: readonly string[] = ['missing', 'no-sequence'];

describe('history', () => {
  it('is read of all groups and topics: messages, recalled ones, tips; live groups are left out and said to be', async () => {
    rig.group('a');
    rig.group('b', 'Work');
    rig.group('live', 'AVChatRoom');
    rig.group('empty');
    rig.group('quiet');
    const [news, chat] = rig.group('c', 'Community', ['news', 'chat']);
    const hour = { sentFrom: daysAgo(1) };
    rig.standIn.addHistory({ groupId: 'a', count: 95, ...hour });
    for (let at = 0; at < 7; at += 1) rig.standIn.tip('a');
    rig.standIn.addHistory({ groupId: 'b', count: 20 });
    rig.standIn.addHistory({ groupId: 'live', count: 30 });
    rig.standIn.addHistory({ groupId: 'quiet', count: 30, sentFrom: daysAgo(30), sentTo: daysAgo(20) });
    rig.standIn.addHistory({ groupId: 'c', count: 3 });
    rig.standIn.addHistory({ groupId: 'c', topicId: String(news), count: 41 });
    rig.standIn.recallByClient({ groupId: 'a', msgSeqs: [5, 40, 41, 95], by: 'owner', callback: false });
    rig.standIn.recallByClient({ groupId: 'c', topicId: String(news), msgSeqs: [41], by: 'owner', callback: false });
    await rig.worker();
    const id = await start(rig);
    const done = await reached(rig, id);

    const { calls, estimatedSeconds, createdAt, listedAt, finishedAt, since, ...rest } = done;
    expect(rest).toEqual({
      id,
      sdkAppId: appId,
      kind: 'history',
      state: 'completed',
      cause: null,
      estimate: false,
      requestedBy: 'tester',
      groups: 6,
      // The community itself and its two topics are conversations of their own.
      parts: { total: 8, waiting: 0, running: 0, done: 7, failed: 0, excluded: 1 },
      missing: 102 + 20 + 3 + 41,
      messages: 91 + 20 + 3 + 40,
      secondsLeft: null,
      notes: expect.arrayContaining([
        expect.objectContaining({ code: 'live', count: 1 }),
        expect.objectContaining({ code: 'nothing_since', count: 1 }),
        expect.objectContaining({ code: 'no_message', count: 2 }),
      ]),
      failed: [],
    });
    // 6 + 1 + 1 + 3 pages; a list, one look at the groups, one at the topics.
    expect(calls).toMatchObject({ estimated: 11, made: 11 + 3, left: 0, limit: 150 });
    expect(pages(rig)).toHaveLength(11);
    expect([estimatedSeconds, listedAt !== null, finishedAt !== null, createdAt > since]).toEqual([
      1,
      true,
      true,
      true,
    ]);
    await expectWhole(rig, new Set(['live']));
    expect(repeated(rig)).toBe(0);
    expect(await known('a')).toEqual([{ from: 1, to: 102 }]);
    expect(await known('c', String(news))).toEqual([{ from: 1, to: 41 }]);
    expect(chat).toBeDefined();
    const { rows } = await rig.pool.query('select distinct source from messages');
    expect(rows).toEqual([{ source: 2 }]);
    // A second one finds all of it there.
    const again = await reached(rig, await start(rig));
    expect(again).toMatchObject({ state: 'completed', missing: 0, messages: 0, calls: { estimated: 0 } });
    expect(pages(rig)).toHaveLength(11);
  });

  it('ends where all has expired, and where it is older than asked for', async () => {
    rig.group('expired');
    rig.group('old');
    rig.group('blank');
    rig.standIn.addHistory({ groupId: 'expired', count: 400, sentFrom: daysAgo(20), sentTo: daysAgo(7.1) });
    rig.standIn.addHistory({ groupId: 'expired', count: 50 });
    rig.standIn.addHistory({ groupId: 'old', count: 300, sentFrom: daysAgo(6), sentTo: daysAgo(3) });
    rig.standIn.addHistory({ groupId: 'old', count: 30 });
    // Deleted ones in the middle are no end.
    rig.standIn.addHistory({ groupId: 'blank', count: 100 });
    await rig.worker();
    const id = await start(rig, { since: new Date(Date.now() - 2 * dayMs) });
    const done = await reached(rig, id);
    expect(done).toMatchObject({ state: 'completed', missing: 450 + 330 + 100 });
    expect(done.notes).toEqual([expect.objectContaining({ code: 'reached_since', count: 2 })]);
    // 50 and 30 lie within pages of which the last holds older ones; one page more is all older.
    expect(pages(rig)).toHaveLength(4 + 3 + 5);
    expect(await known('expired')).toEqual([{ from: 371, to: 450 }]);
    expect(await known('old')).toEqual([{ from: 271, to: 330 }]);
    const found = await index(rig);
    expect(found).toEqual(world(rig).filter(([groupId, , seq]) => groupId !== 'old' || seq >= 271));
    const longer = await reached(rig, await start(rig, { since: new Date(Date.now() - 30 * dayMs) }));
    expect(longer.notes).toEqual(
      expect.arrayContaining([expect.objectContaining({ code: 'reached_expired', count: 1 })]),
    );
    await expectWhole(rig);
    expect(repeated(rig)).toBe(0);
  });

  it('asks for nothing that is known, and overwrites nothing that a callback brought', async () => {
    rig.group('g');
    rig.standIn.addHistory({ groupId: 'g', count: 200, sentFrom: daysAgo(1) });
    const told = Array.from({ length: 60 }, (_, at) => rig.standIn.message('g', null, 81 + at));
    await rig.index(
      told.map((message) => ({
        groupId: 'g',
        topicId: null,
        from: 'callback',
        text: 'as the callback said',
        msgSeq: Number(message?.msgSeq),
        msgTime: Number(message?.msgTime),
      })),
    );
    const [id] = await internConversations(rig.db, [{ appId, groupId: 'g', topicId: '', groupType: 'Public' }]);
    await rig.pool.query(`insert into coverage (conversation_id, known) values ($1, '{[81,141)}')`, [id]);
    await rig.pool.query(
      `insert into recall_marks (conversation_id, msg_seq, recalled_at) values ($1, 100, now()), ($1, 10, now())`,
      [id],
    );
    await rig.worker();
    const done = await reached(rig, await start(rig));
    expect(done).toMatchObject({ missing: 140, messages: 140, calls: { estimated: 7 } });
    expect(pages(rig)).toEqual(['g:200/20', 'g:180/20', 'g:160/20', 'g:80/20', 'g:60/20', 'g:40/20', 'g:20/20']);
    expect((await index(rig)).filter(([, , , sender]) => sender === 'callback')).toHaveLength(60);
    expect(await marks(rig)).toEqual(['g:10', 'g:100']);
    expect(await known('g')).toEqual([{ from: 1, to: 200 }]);
  });

  it('of a group that vanishes in the middle ends there, and says so', async () => {
    rig.group('g');
    rig.group('h');
    rig.standIn.addHistory({ groupId: 'g', count: 200 });
    rig.standIn.addHistory({ groupId: 'h', count: 60 });
    rig.standIn.faults.add({
      command: 'group_msg_get_simple',
      groupId: 'g',
      afterCalls: 3,
      effect: { kind: 'destroy-group' },
    });
    await rig.worker();
    const done = await reached(rig, await start(rig));
    expect(done).toMatchObject({ state: 'completed', messages: 80 + 60, parts: { done: 2 } });
    expect(done.notes).toEqual(expect.arrayContaining([expect.objectContaining({ code: 'gone', count: 1 })]));
    const { rows } = await rig.pool.query(`select group_id from conversations where gone_at is not null`);
    expect(rows).toEqual([{ group_id: 'g' }]);
  });

  it('survives answers that are not as documented', async () => {
    const kinds = [
      'list-as-object',
      'other-name',
      'hole',
      'repeat',
      'short',
      'no-sequence',
      'large-random',
      'shuffle',
      'missing',
      'surplus',
    ] as const;
    for (const kind of kinds) {
      rig.group(kind);
      rig.standIn.addHistory({ groupId: kind, count: 130 });
      const times = lost.includes(kind) ? 1 : 3;
      rig.standIn.faults.add({ command: 'group_msg_get_simple', groupId: kind, times, effect: { kind } });
    }
    await rig.worker();
    expect(await reached(rig, await start(rig))).toMatchObject({ state: 'completed', parts: { done: kinds.length } });
    const found = await index(rig);
    // A hole is told as one; all else is there, as it is.
    expect(found.filter(([groupId]) => groupId === 'hole')).toHaveLength(127);
    expect(found.filter(([groupId]) => groupId !== 'hole')).toEqual(
      world(rig).filter(([groupId]) => groupId !== 'hole'),
    );
    for (const kind of kinds) expect(await known(kind)).toEqual([{ from: 1, to: 130 }]);
  });

  it('is tried again when the platform does not answer, and a conversation that never does is told', async () => {
    rig.group('g');
    rig.group('bad');
    rig.standIn.addHistory({ groupId: 'g', count: 100 });
    rig.standIn.addHistory({ groupId: 'bad', count: 100 });
    for (const effect of [
      { kind: 'http', status: 502 },
      { kind: 'reset' },
      { kind: 'garbage' },
      { kind: 'error-code', code: 10002 },
      { kind: 'error-code', code: 60007 },
    ] as const) {
      rig.standIn.faults.add({ command: 'group_msg_get_simple', groupId: 'g', effect });
    }
    rig.standIn.faults.add({ command: 'get_appid_group_list', effect: { kind: 'error-code', code: 10002 } });
    rig.standIn.faults.add({ command: 'get_group_info', effect: { kind: 'http', status: 500 } });
    const bad = {
      command: 'group_msg_get_simple',
      groupId: 'bad',
      times: Infinity,
      effect: { kind: 'error-code', code: 10002 },
    } as const;
    rig.standIn.faults.add(bad);
    await rig.worker();
    const id = await start(rig);
    const ended = await reached(rig, id);
    expect(ended).toMatchObject({
      state: 'failed',
      cause: { code: 'parts_failed', en: expect.stringContaining('1 of its parts') },
      messages: 100,
      failed: [
        { groupId: 'bad', topicId: null, hour: null, cause: { code: 'failed', en: expect.stringContaining('10002') } },
      ],
    });
    rig.standIn.faults.clear();
    await resumeBackfill(rig.db, appId, id);
    expect(await reached(rig, id)).toMatchObject({ state: 'completed', messages: 200, failed: [] });
    await expectWhole(rig);
  });

  it('is paused, with the reason, when the platform refuses the app, and goes on afterwards', async () => {
    rig.group('g');
    rig.standIn.addHistory({ groupId: 'g', count: 100 });
    rig.standIn.faults.add({
      command: 'group_msg_get_simple',
      afterCalls: 2,
      times: Infinity,
      effect: { kind: 'error-code', code: 60020 },
    });
    await rig.worker();
    const id = await start(rig);
    const paused = await reached(rig, id, ['paused']);
    expect(paused).toMatchObject({
      messages: 40,
      cause: { code: 'stopped_by_platform', en: expect.stringContaining('60020') },
    });
    const { rows } = await rig.pool.query(`select actor, details from audit where action = 'backfill.stop'`);
    expect(rows).toEqual([{ actor: 'system', details: expect.objectContaining({ id }) }]);
    rig.standIn.faults.clear();
    await resumeBackfill(rig.db, appId, id);
    await reached(rig, id, ['completed']);
    await expectWhole(rig);

    rig.standIn.faults.add({ command: 'get_appid_group_list', effect: { kind: 'error-code', code: 10007 } });
    const refused = await reached(rig, await start(rig), ['paused']);
    expect(refused).toMatchObject({ cause: { code: 'listing_failed', zh: expect.stringContaining('10007') } });
  });

  it('waits for a person once its cost is known, where only that was asked for', async () => {
    rig.group('g');
    rig.standIn.addHistory({ groupId: 'g', count: 101 });
    await rig.worker();
    const id = await start(rig, { estimate: true });
    const estimated = await reached(rig, id, ['paused']);
    expect(estimated).toMatchObject({
      cause: { code: 'estimate_ready' },
      groups: 1,
      missing: 101,
      messages: 0,
      estimatedSeconds: 1,
      calls: { made: 2, estimated: 6, left: 6 },
      parts: { total: 1, waiting: 1 },
    });
    expect(pages(rig)).toEqual([]);
    await expect(start(rig)).rejects.toMatchObject({ code: 'conflict' });
    await resumeBackfill(rig.db, appId, id);
    expect(await reached(rig, id)).toMatchObject({ state: 'completed', calls: { made: 8, left: 0 } });
    await expectWhole(rig);
  });

  it('stops when it is paused, goes on where it stood, and ends when it is cancelled', async () => {
    for (const groupId of ['a', 'b', 'c']) {
      rig.group(groupId);
      rig.standIn.addHistory({ groupId, count: 1_500 });
    }
    await rig.worker({ TENCENT_HISTORY_CALLS_PER_SECOND: 50 });
    const id = await start(rig);
    await eventually(() => pages(rig).length > 20);
    await pauseBackfill(rig.db, appId, id);
    await eventually(async () => (await readOne(rig, id)).parts.running === 0);
    const before = await readOne(rig, id);
    expect(before).toMatchObject({ state: 'paused', cause: { code: 'paused_by_person' }, parts: { waiting: 3 } });
    expect(before.messages).toBe(pages(rig).length * 20);
    await resumeBackfill(rig.db, appId, id);
    await eventually(async () => (await readOne(rig, id)).messages > before.messages);
    await cancelBackfill(rig.db, appId, id);
    await eventually(
      async () => (await rig.pool.query(`select from backfill_parts where state = 'running'`)).rowCount === 0,
    );
    const cancelled = await readOne(rig, id);
    expect(cancelled).toMatchObject({ state: 'cancelled', messages: pages(rig).length * 20 });
    expect(repeated(rig)).toBe(0);
    await expect(resumeBackfill(rig.db, appId, id)).rejects.toMatchObject({ code: 'conflict' });
    // Another one reads the rest, and no page of what is there.
    await reached(rig, await start(rig));
    await expectWhole(rig);
    expect(repeated(rig)).toBe(0);
  });

  it('is shared by several workers', async () => {
    for (let at = 0; at < 40; at += 1) {
      rig.group(`g${at}`);
      rig.standIn.addHistory({ groupId: `g${at}`, count: 55 });
    }
    await Promise.all([rig.worker(), rig.worker(), rig.worker()]);
    const done = await reached(rig, await start(rig), undefined, false);
    expect(done).toMatchObject({ state: 'completed', messages: 40 * 55, calls: { made: 40 * 3 + 2 } });
    await expectWhole(rig);
    expect(repeated(rig)).toBe(0);
  });

  it('is not read where that is switched off', async () => {
    await rig.worker({ TENCENT_HISTORY_CALLS_PER_SECOND: 0 });
    expect(await reached(rig, await start(rig), ['paused'])).toMatchObject({ cause: { code: 'history_off' } });
  });
});
