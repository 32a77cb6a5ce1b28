import { afterEach, describe, expect, test } from '@jest/globals';
import { createSeen } from '@chat-recall/shared/history';
import { fold, insertMessages, internConversations, pieces } from '@chat-recall/shared/messages';
import { createRecall, getRecall, parseOrThrow, recallRequestSchema } from '@chat-recall/shared/recalls';
import { enqueuePlan } from '@chat-recall/shared/queue';
import { createStandIn, type StandIn } from '@chat-recall/simulator';
import { describeOnBackends, eventually } from '@chat-recall/testkit';
import { readWorkerConfig } from '../src/config.ts';
import { startRig, type Rig } from './rig.ts';

const first = 1_400_000_001;
const second = 1_400_000_002;
const keys = new Map([
  [first, 'a1'.repeat(32)],
  [second, 'b2'.repeat(32)],
]);

describeOnBackends('several apps', (backend) => {
  let rig: Rig;
  let standIns = new Map<number, StandIn>();
  afterEach(async () => {
    await rig.stop();
    for (const standIn of standIns.values()) await standIn.close();
  });

  async function start(): Promise<void> {
    rig = await startRig(backend);
    standIns = new Map();
    for (const [sdkAppId, secretKey] of keys) standIns.set(sdkAppId, await createStandIn({ sdkAppId, secretKey }));
    await rig.worker({
      TENCENT_SDK_APP_ID: undefined,
      TENCENT_SECRET_KEY: undefined,
      TENCENT_APPS: [...keys].map(([sdkAppId, secretKey]) => ({
        sdkAppId,
        secretKey,
        apiUrl: String(standIns.get(sdkAppId)?.url),
      })),
    });
  }

  /** The same group, sender and sequences in both apps. */
  async function say(appId: number, count: number, missed: readonly number[] = []): Promise<void> {
    const standIn = standIns.get(appId);
    standIn?.addGroup({ groupId: 'g', type: 'Public' });
    const [conversationId] = await internConversations(rig.db, [{ appId, groupId: 'g', topicId: '', groupType: '' }]);
    const sent = Array.from({ length: count }, () => standIn?.send({ groupId: 'g', from: 'spammer', text: 'hi' }));
    const seen = createSeen(rig.pool, () => {});
    await seen.loop.stop();
    const rows = sent.flatMap((one) => {
      if (one === undefined || missed.includes(one.msgSeq)) return [];
      const { msgSeq, msgTime } = one;
      seen.note(Number(conversationId), msgSeq, msgTime * 1_000);
      return [
        {
          conversationId: Number(conversationId),
          msgSeq,
          appId,
          msgTime: msgTime * 1_000,
          receivedAt: Date.now(),
          messageTypes: 1,
          sender: 'spammer',
          text: 'hi',
          folded: fold('hi'),
          pieces: pieces(fold('hi')),
          raw: null,
        },
      ];
    });
    await insertMessages(rig.pool, rows);
    await seen.flush();
  }

  const recalled = (appId: number): number => standIns.get(appId)?.recalledMessages().size ?? 0;

  test('a recall of one app touches its messages alone, by its key and its rate', async () => {
    await start();
    await say(first, 25);
    await say(second, 25);
    const request = parseOrThrow(recallRequestSchema, { selector: { senders: ['spammer'] }, reason: 'test' });
    const { id } = await createRecall(rig.db, {
      appId: second,
      request,
      requestedBy: 'tester',
      source: 'api',
      idempotencyKey: null,
    });
    await enqueuePlan(rig.jobs, id, 2);
    await eventually(async () => (await getRecall(rig.db, second, id)).state === 'completed');
    expect([recalled(first), recalled(second)]).toEqual([0, 25]);
    await expect(getRecall(rig.db, first, id)).rejects.toMatchObject({ code: 'not_found' });
  });

  test('a producer says which app; without, or with another, the job fails and names the field', async () => {
    await start();
    await say(first, 12);
    await say(second, 12);
    const add = async (selector: object) => rig.jobs.add('recall', { selector, reason: 'test' });
    const ended = async (id: string | undefined) =>
      eventually(async () => {
        const job = await rig.jobs.getJob(String(id));
        return job?.failedReason ?? (job?.returnvalue as { recallId?: string } | null)?.recallId ?? false;
      });
    for (const sdkAppId of [undefined, 7]) {
      const job = await add({ senders: ['spammer'], ...(sdkAppId === undefined ? {} : { sdkAppId }) });
      expect(await ended(job.id)).toContain(
        `selector.sdkAppId must be one of the apps served here: ${first}, ${second}`,
      );
    }
    const job = await add({ senders: ['spammer'], sdkAppId: first });
    const recallId = await ended(job.id);
    await eventually(async () => (await getRecall(rig.db, null, recallId)).state === 'completed');
    expect([recalled(first), recalled(second)]).toEqual([12, 0]);
  });

  test('gaps are asked of the app that they are in', async () => {
    await start();
    await say(first, 10, [4]);
    await say(second, 10, [6, 7]);
    await rig.pool.query('update coverage set due_at = now() where due_at is not null');
    await eventually(async () => (await rig.pool.query('select from coverage where missing > 0')).rowCount === 0);
    for (const appId of keys.keys()) {
      const { rows } = await rig.pool.query('select count(*)::int as n from messages where app_id = $1', [appId]);
      expect(rows).toEqual([{ n: 10 }]);
      expect(standIns.get(appId)?.ledger.calls({ command: 'group_msg_get_simple' })).toHaveLength(1);
    }
  });
});

describe('the configuration of several apps', () => {
  const base = { DATABASE_URL: 'postgres://x@localhost/x' };
  const apps = (list: unknown) => ({ ...base, TENCENT_APPS: typeof list === 'string' ? list : JSON.stringify(list) });

  test('takes what an app says of itself, and the common settings for the rest', () => {
    const { config } = readWorkerConfig(
      apps([
        { sdkAppId: 5, secretKey: 'k', callsPerSecond: 20 },
        { sdkAppId: 6, secretKey: 'l' },
      ]),
    );
    expect(config.TENCENT_APPS).toHaveLength(2);
  });

  test.each([
    [base, /TENCENT_SDK_APP_ID: must be set, or TENCENT_APPS/u],
    [
      { ...apps([{ sdkAppId: 5, secretKey: 'k' }]), TENCENT_SDK_APP_ID: '7' },
      /TENCENT_APPS, TENCENT_SDK_APP_ID: set one of the two/u,
    ],
    [apps([{ sdkAppId: 5 }]), /TENCENT_APPS: app 5 needs a secretKey/u],
    [apps('not json with secret-123'), /TENCENT_APPS: expected a JSON array of apps/u],
    [apps([]), /TENCENT_APPS: expected at least one app/u],
    [apps([{ sdkAppId: 'secret-123' }]), /TENCENT_APPS: \[0\]\.sdkAppId expected a whole number/u],
    [apps([{ sdkAppId: 5, secretKey: 'secret-123', key: 1 }]), /TENCENT_APPS: \[0\] unknown key/u],
    [
      apps([
        { sdkAppId: 5, secretKey: 'k' },
        { sdkAppId: 5, secretKey: 'k' },
      ]),
      /TENCENT_APPS: expected each sdkAppId once/u,
    ],
    [apps([{ sdkAppId: 5, secretKey: 'k', apiUrl: 'ftp://secret-123' }]), /\[0\]\.apiUrl expected a URL/u],
  ])('says what is wrong, and repeats nothing of it (%#)', (env, problem) => {
    const problems = (): string => {
      try {
        readWorkerConfig(env);
        return '';
      } catch (error) {
        return (error as { problems: string[] }).problems.join('\n');
      }
    };
    expect(problems()).toMatch(problem);
    expect(problems()).not.toContain('secret-123');
  });
});
