import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { eventually } from '@chat-recall/testkit';
import { startDatabaseProxy, type DatabaseProxy } from './database-proxy.ts';
import { ok, recalled, sent, startReceiver, type Answer, type AtWork } from './receiver-at-work.ts';

let work: AtWork;
let proxy: DatabaseProxy;
beforeEach(async () => {
  work = await startReceiver({ METRICS_PORT: '0' }, async (databaseUrl) => {
    proxy = await startDatabaseProxy(databaseUrl);
    return proxy.url;
  });
});
afterEach(async () => {
  await proxy.up();
  await work.end();
  await proxy.close();
});

const notStored = {
  status: 503,
  body: { ActionStatus: 'FAIL', ErrorInfo: expect.stringContaining('cannot store'), ErrorCode: 50301 },
};

async function ready(url = work.receiver.url): Promise<{ status: number; body: unknown }> {
  const response = await fetch(`${url}/readyz`);
  return { status: response.status, body: await response.json() };
}

describe('without its database', () => {
  test('the receiver refuses, says what is wrong, and goes on when it is back', async () => {
    expect(await ready()).toEqual({ status: 200, body: { ready: true, parts: { database: 'ok', migrations: 'ok' } } });
    expect(await work.post(sent())).toEqual(ok);
    await proxy.down();
    const answers = await Promise.all([8, 9, 10].map((MsgSeq) => work.post(sent({ MsgSeq }))));
    answers.push(await work.post(recalled()), await work.post(sent({ GroupId: 'not seen before' })));
    expect(answers).toEqual(answers.map(() => notStored));
    // What needs no database is answered.
    expect(await work.post(sent({ OnlineOnlyFlag: 1 }))).toEqual(ok);
    expect((await fetch(`${work.receiver.url}/healthz`)).status).toBe(200);
    const state = await eventually(async () => {
      const answer = await ready();
      return answer.status === 503 ? answer : undefined;
    });
    // The public port tells the part and the kind of failure, no address.
    expect(state.body).toEqual({ ready: false, parts: { database: 'ECONNREFUSED', migrations: 'ECONNREFUSED' } });

    await proxy.up();
    expect(await work.post(sent({ MsgSeq: 8 }))).toEqual(ok);
    expect((await work.rows('messages')).map((row) => row['msg_seq'])).toEqual([7, 8]);
    expect(await work.rows('recall_marks')).toEqual([]);
    await eventually(async () => (await ready()).status === 200);
    const metrics = await (await fetch(`${work.receiver.metricsUrl}/metrics`)).text();
    expect(metrics).toMatch(/callbacks_total\{command="Group.CallbackAfterSendMsg",result="unavailable",[^}]*\} 4\n/u);
  });

  test('connections that ended in the meantime cost no callback', async () => {
    expect(await work.post(sent())).toEqual(ok);
    for (let round = 0; round < 5; round += 1) {
      await work.pool.query(`select pg_terminate_backend(pid) from pg_stat_activity
        where datname = current_database() and application_name = 'chat-recall webhook'`);
      const answers = await Promise.all(
        Array.from({ length: 20 }, (_, at) => work.post(sent({ MsgSeq: round * 20 + at + 1 }))),
      );
      expect(answers).toEqual(answers.map(() => ok));
    }
    expect(await work.rows('messages')).toHaveLength(100);
  });

  test('a server that answers nothing any more is given up in time', async () => {
    expect(await work.post(sent())).toEqual(ok);
    proxy.silent();
    const began = performance.now();
    const answers = await Promise.all(
      Array.from({ length: 10 }, async (_, at): Promise<Answer> => {
        await new Promise((resolve) => setTimeout(resolve, at * 20));
        return work.post(sent({ MsgSeq: at + 10 }));
      }),
    );
    expect(answers).toEqual(answers.map(() => notStored));
    expect(performance.now() - began).toBeLessThan(12_000);
    expect((await ready()).status).toBe(503);
    await proxy.up();
    await eventually(async () => (await work.post(sent({ MsgSeq: 99 }))).status === 200);
  });
});

test('a schema that is not there is named', async () => {
  await work.pool.query('delete from schema_migrations where version = 1');
  const state = await eventually(async () => {
    const answer = await ready();
    return answer.status === 503 ? answer : undefined;
  });
  expect(state.body).toMatchObject({
    parts: { database: 'ok', migrations: expect.stringContaining('npm run migrate') },
  });
});
