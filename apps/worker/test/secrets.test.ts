import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { canary, describeOnBackends, eventually } from '@chat-recall/testkit';
import { placesOf } from './everywhere.ts';
import { startRig, type Rig } from './rig.ts';
import { spawnWorker } from './spawn-worker.ts';

/** What stands in every text, the key, and how each UserSig begins. */
const secrets = [canary, '0f1e2d3c4b5a6978', 'eJw', 'eJy'];

describeOnBackends('keys, signatures and texts', (backend) => {
  let rig: Rig;
  beforeEach(async () => {
    rig = await startRig(backend);
    rig.group('@TGS#A');
  });
  afterEach(() => rig.stop());

  test('are in no job, log line or metric, and in no table but those of messages', async () => {
    const { faults } = rig.standIn;
    faults.add({ effect: { kind: 'error-code', code: 70003 } });
    // Of other batches than the poisoned one, which would be recalled by a call without an answer.
    faults.add({ sequence: 23, effect: { kind: 'http', status: 502 } });
    faults.add({ sequence: 23, effect: { kind: 'garbage' } });
    faults.add({ sequence: 13, effect: { kind: 'apply-then-reset' } });
    faults.add({ sequence: 3, effect: { kind: 'poison' } });
    await rig.say(Array.from({ length: 30 }, () => ({ groupId: '@TGS#A' })));
    const worker = await spawnWorker(rig, { LOG_LEVEL: 'trace' });
    const job = await rig.jobs.add('recall', { selector: { keywords: ['hello'] }, reason: 'spam' });
    await rig.jobs.add('recall', { selector: { senders: [7] }, reason: 'not valid' });
    const { recallId } = await eventually(async () => {
      const now = await rig.jobs.getJob(String(job.id));
      return (now?.returnvalue ?? undefined) as { recallId: string } | undefined;
    });
    expect(await rig.ended(recallId)).toMatchObject({ counts: { recalled: 29, failed: 1 } });
    const ready = await worker.waitForLog(({ msg }) => msg === 'ready');
    const metrics = await (await fetch(`${String(ready['url'])}/metrics`)).text();
    expect(metrics).toContain('chat_recall_calls_total');
    // What it printed is searched at the end of the run, too.
    for (const secret of secrets) expect([metrics, ...worker.lines].join('\n')).not.toContain(secret);
    expect(await worker.stop()).toEqual({ code: 0, signal: null });

    const places = await placesOf(rig.pool, { queue: rig.jobs, onRedis: backend.name === 'redis' }, secrets);
    expect(places.filter((place) => !/^(?:statistics of )?(?:public\.)?(?:messages|evidence)/u.test(place))).toEqual(
      [],
    );
    expect(places.length).toBeGreaterThan(0);
  });
});
