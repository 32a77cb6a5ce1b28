import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { createSeen, listCoverage, parseMultirange, summarizeCoverage } from '@chat-recall/shared/history';
import { internConversations } from '@chat-recall/shared/messages';
import { previewPlan } from '@chat-recall/shared/recalls';
import { eventually } from '@chat-recall/testkit';
import { appId, postgresBackend, startRig, type Rig, type Sent } from './rig.ts';

let rig: Rig;
beforeEach(async () => {
  rig = await startRig(postgresBackend);
});
afterEach(() => rig.stop());

/** What a receiver writes beside the messages. */
async function note(sent: readonly Sent[]): Promise<void> {
  const seen = createSeen(rig.pool, () => {});
  await seen.loop.stop();
  for (const { groupId, topicId, msgSeq, msgTime } of sent) {
    seen.note(await idOf(groupId, topicId), msgSeq, msgTime * 1_000);
  }
  await seen.flush();
}

async function idOf(groupId: string, topicId: string | null = null, groupType = ''): Promise<number> {
  const [id] = await internConversations(rig.db, [{ appId, groupId, topicId: topicId ?? '', groupType }]);
  return Number(id);
}

/** Gaps wait 30 s for stragglers; tests do not. */
async function askNow(): Promise<void> {
  await rig.pool.query('update coverage set due_at = now() where due_at is not null');
}

async function coverage(groupId: string, topicId: string | null = null) {
  const { rows } = await rig.pool.query(
    `select known::text, recalled::text, placeholders::text, system::text, unreachable::text, history, missing, failures,
            due_at is not null as due
       from coverage where conversation_id = $1`,
    [await idOf(groupId, topicId)],
  );
  return rows[0] as Record<string, string> & { missing: number; due: boolean; failures: number };
}

async function indexed(groupId: string, topicId: string | null = null): Promise<number[]> {
  const { rows } = await rig.pool.query('select msg_seq from messages where conversation_id = $1 order by 1', [
    await idOf(groupId, topicId),
  ]);
  return rows.map(({ msg_seq: seq }: { msg_seq: number }) => seq);
}

const asked = (): { from: number | null; count: number | null }[] =>
  rig.standIn.ledger
    .calls({ command: 'group_msg_get_simple' })
    .map(({ reqMsgSeq, reqMsgNumber }) => ({ from: reqMsgSeq, count: reqMsgNumber }));

const closed = (groupId: string, topicId: string | null = null): Promise<unknown> =>
  eventually(async () => (await coverage(groupId, topicId)).missing === 0, { what: `the coverage of ${groupId}` });

describe('gaps', () => {
  it('are asked for once, and every sequence is known afterwards as what it is', async () => {
    rig.group('g');
    const all: Sent[] = [];
    const tips: number[] = [];
    for (let at = 0; at < 120; at += 1) {
      if (at % 13 === 5) tips.push(rig.standIn.tip('g'));
      else {
        const { msgSeq, msgTime } = rig.standIn.send({ groupId: 'g', from: 'ann', text: `words ${at}` });
        all.push({ groupId: 'g', topicId: null, from: 'ann', text: `words ${at}`, msgSeq, msgTime });
      }
    }
    const lost = all.filter((_, at) => at % 10 === 3 && at > 0);
    const gone = lost.slice(2, 5).map(({ msgSeq }) => msgSeq);
    rig.standIn.recallByClient({ groupId: 'g', msgSeqs: gone, by: 'owner', callback: false });
    const came = all.filter((sent) => !lost.includes(sent));
    await rig.index(came);
    await note(came);
    const before = await coverage('g');
    expect(before.missing).toBe(lost.length + tips.length);

    await askNow();
    await rig.worker();
    await closed('g');
    expect(await indexed('g')).toEqual(all.map(({ msgSeq }) => msgSeq).filter((seq) => !gone.includes(seq)));
    const after = await coverage('g');
    expect(parseMultirange(after['known'] ?? '')).toEqual([{ from: 1, to: 120 }]);
    const listed = (text: string | undefined): number[] =>
      parseMultirange(text ?? '').flatMap(({ from, to }) =>
        Array.from({ length: to - from + 1 }, (_, at) => from + at),
      );
    expect(listed(after['system'])).toEqual(tips);
    expect(listed(after['recalled'])).toEqual(gone);
    const { rows: marks } = await rig.pool.query(
      'select msg_seq from recall_marks where verified_at is not null order by 1',
    );
    expect(marks.map(({ msg_seq: seq }: { msg_seq: number }) => seq)).toEqual(gone);
    // Many gaps lie within one page: never more calls than gaps.
    const gaps = parseMultirange(before['known'] ?? '').length - 1;
    expect(asked().length).toBeLessThanOrEqual(gaps);
    expect(asked().length).toBe(6);
    const { rows: sources } = await rig.pool.query(
      'select source, count(*)::int as n from messages group by 1 order by 1',
    );
    expect(sources).toEqual([
      { source: 0, n: came.length },
      { source: 2, n: lost.length - gone.length },
    ]);
  });

  it('that the index has filled meanwhile are not asked for', async () => {
    rig.group('g');
    const sent = await rig.say(Array.from({ length: 30 }, () => ({ groupId: 'g' })));
    await note(sent.filter((_, at) => at < 10 || at > 20));
    expect((await coverage('g')).missing).toBe(11);
    await askNow();
    await rig.worker();
    await closed('g');
    expect(asked()).toEqual([]);
  });

  it('of a live group are told, and not asked for', async () => {
    rig.group('live', 'AVChatRoom');
    await idOf('live', null, 'AVChatRoom');
    const sent = await rig.say(Array.from({ length: 10 }, () => ({ groupId: 'live' })));
    await rig.pool.query('delete from messages where msg_seq = 5');
    await note(sent.filter(({ msgSeq }) => msgSeq !== 5));
    await askNow();
    await rig.worker();
    await closed('live');
    expect(await coverage('live')).toMatchObject({ unreachable: '{[5,6)}', history: 'none', due: false });
    expect(asked()).toEqual([]);
  });

  it('of a group that is gone are told as out of reach', async () => {
    rig.group('g');
    const sent = await rig.say(Array.from({ length: 10 }, () => ({ groupId: 'g' })));
    await rig.pool.query('delete from messages where msg_seq = 5');
    await note(sent.filter(({ msgSeq }) => msgSeq !== 5));
    rig.standIn.destroyGroup('g');
    await askNow();
    await rig.worker();
    await closed('g');
    expect(await coverage('g')).toMatchObject({ unreachable: '{[5,6)}', history: 'gone', due: false });
  });

  it('wait and are asked again when the platform does not answer', async () => {
    rig.group('g');
    const sent = await rig.say(Array.from({ length: 10 }, () => ({ groupId: 'g' })));
    await rig.pool.query('delete from messages where msg_seq in (4, 5)');
    await note(sent.filter(({ msgSeq }) => msgSeq !== 4 && msgSeq !== 5));
    rig.standIn.faults.add({ command: 'group_msg_get_simple', times: 1, effect: { kind: 'http', status: 502 } });
    rig.standIn.faults.add({ command: 'group_msg_get_simple', times: 1, effect: { kind: 'error-code', code: 10002 } });
    await askNow();
    await rig.worker();
    for (const failures of [1, 2]) {
      await eventually(async () => (await coverage('g')).failures === failures);
      await askNow();
    }
    await closed('g');
    expect(await indexed('g')).toHaveLength(10);
    expect(asked()).toHaveLength(3);
  });
});

describe('the newest sequence', () => {
  it('is asked for, of groups and topics, since no gap tells of a lost last message', async () => {
    rig.group('a');
    rig.group('b');
    const [topicId] = rig.group('c', 'Community', ['news']);
    const place = { groupId: 'c', topicId: String(topicId) };
    const sent = await rig.say([{ groupId: 'a' }, { groupId: 'b' }, place]);
    for (const to of [{ groupId: 'a' }, { groupId: 'a' }, place])
      rig.standIn.send({ ...to, from: 'ann', text: 'lost' });
    await note(sent);
    await rig.pool.query('update coverage set tail_due_at = now()');
    await rig.worker();
    await eventually(
      async () => (await coverage('a')).missing === 2 && (await coverage('c', place.topicId)).missing === 1,
    );
    await askNow();
    await Promise.all([closed('a'), closed('c', place.topicId)]);
    expect(await indexed('a')).toEqual([1, 2, 3]);
    expect(await indexed('b')).toEqual([1]);
    expect(await indexed('c', place.topicId)).toEqual([1, 2]);
    expect(rig.standIn.ledger.calls({ command: 'get_group_info' })).toHaveLength(1);
    expect(rig.standIn.ledger.calls({ command: 'get_topic' })).toHaveLength(1);
  });
});

describe('a group that was disbanded', () => {
  it('is found by asking, and a plan says so and does not call', async () => {
    rig.group('g');
    rig.group('h');
    const sent = await rig.say([...Array.from({ length: 12 }, () => ({ groupId: 'g' })), { groupId: 'h' }]);
    await note(sent);
    rig.standIn.destroyGroup('g');
    await rig.pool.query('update coverage set tail_due_at = now()');
    await rig.worker();
    await eventually(async () => {
      const { rows } = await rig.pool.query('select group_id from conversations where gone_at is not null');
      return rows.length === 1 && rows[0].group_id === 'g';
    });
    const id = await rig.recall({ selector: { senders: ['spammer'] }, reason: 'test', mode: 'plan' });
    await rig.planned(id);
    const plan = await previewPlan(
      rig.db,
      { id, appId },
      { callsPerSecond: 180, roamingDays: 7, withText: false, hash: null },
    );
    expect(plan.warnings.find(({ code }) => code === 'group_gone')).toMatchObject({ count: 12 });
    expect(plan.calls).toBe(1);
    await rig.execute(id);
    expect(await rig.ended(id)).toMatchObject({ state: 'completed', counts: { recalled: 1, notFound: 12 } });
    expect(rig.calls()).toEqual([[1]]);
    // Made anew under the same name: it is asked again once it speaks.
    rig.group('g');
    await rig.pool.query(`update coverage set active_at = now() + interval '1 minute', tail_due_at = now()`);
    await eventually(async () => {
      const { rows } = await rig.pool.query('select group_id from conversations where gone_at is not null');
      return rows.length === 0;
    });
  });
});

describe('the coverage', () => {
  it('is told over all and by conversation, in the preview of a plan, too', async () => {
    rig.group('g');
    rig.group('h');
    const sent = await rig.say([
      ...Array.from({ length: 20 }, () => ({ groupId: 'g' })),
      ...Array.from({ length: 5 }, () => ({ groupId: 'h' })),
    ]);
    await note(sent.filter(({ groupId, msgSeq }) => groupId === 'h' || msgSeq % 5 !== 0 || msgSeq === 20));
    expect(await summarizeCoverage(rig.db, appId)).toEqual({
      conversations: 2,
      sequences: 25,
      missing: 3,
      unreachable: 0,
      incomplete: 1,
      refused: 0,
      live: 0,
      share: 0.88,
    });
    const first = await listCoverage(rig.db, { appId, groupId: null, after: null, limit: 1 });
    expect(first.items).toMatchObject([{ groupId: 'g', firstSeq: 1, newestSeq: 20, missing: 3, share: 0.85 }]);
    const second = await listCoverage(rig.db, { appId, groupId: null, after: first.next, limit: 1 });
    expect(second).toMatchObject({ items: [{ groupId: 'h', missing: 0, share: 1 }], next: null });

    await rig.worker({ TENCENT_HISTORY_CALLS_PER_SECOND: 0 });
    const options = { callsPerSecond: 180, roamingDays: 7, withText: false, hash: null };
    const all = await rig.recall({ selector: { senders: ['spammer'] }, reason: 'test', mode: 'plan' });
    const one = await rig.recall({ selector: { senders: ['spammer'], groupIds: ['h'] }, reason: 'test', mode: 'plan' });
    await Promise.all([rig.planned(all), rig.planned(one)]);
    const plan = await previewPlan(rig.db, { id: all, appId }, options);
    expect(plan.coverage).toMatchObject({ conversations: 2, missing: 3 });
    expect(plan.warnings.find(({ code }) => code === 'incomplete')).toMatchObject({ count: 3 });
    expect((await previewPlan(rig.db, { id: one, appId }, options)).coverage).toMatchObject({
      conversations: 1,
      missing: 0,
      share: 1,
    });
  });
});
