import { once } from 'node:events';
import { connect } from 'node:net';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { createLog } from '@chat-recall/shared/log';
import { RecallError } from '@chat-recall/shared/errors';
import { readConsoleConfig } from '../src/config.ts';
import { startConsole } from '../src/console.ts';
import { problemOf, Refusal } from '../src/http/problem.ts';
import { appId, startAtWork, token, type AtWork, type Refused } from './console-at-work.ts';

let at: AtWork;
beforeAll(async () => {
  at = await startAtWork();
});
afterAll(() => at.stop());

test('what is our fault is told by an id that the log has, too, and nothing else', async () => {
  await at.pool.query('alter table recall_counters rename to gone');
  const { status, headers, body } = await at.get<Refused>('/api/v1/recalls');
  await at.pool.query('alter table gone rename to recall_counters');
  expect([status, body.code, body.errors]).toEqual([500, 'internal', []]);
  expect(body.requestId).toBe(headers.get('x-request-id'));
  expect(JSON.stringify(body)).not.toMatch(/recall_counters|relation|node_modules/u);
  const line = at.log.find((entry) => entry.includes(body.requestId) && entry.includes('request failed'));
  expect(line).toMatch(/recall_counters/u);
});

test.each([
  [Object.assign(new Error('connect'), { code: 'ECONNREFUSED' }), 503, 'unavailable'],
  [Object.assign(new AggregateError([new Error('a')]), { code: 'ECONNREFUSED' }), 503, 'unavailable'],
  [new Error('wrapped', { cause: Object.assign(new Error('x'), { code: '57P01' }) }), 503, 'unavailable'],
  [Object.assign(new Error('sorry, too many clients already'), { code: '53300' }), 503, 'unavailable'],
  [new Error('timeout exceeded when trying to connect'), 503, 'unavailable'],
  [new Error('Connection terminated unexpectedly'), 503, 'unavailable'],
  [Object.assign(new Error('canceling statement'), { code: '57014' }), 503, 'query_timeout'],
  [Object.assign(new Error('invalid byte sequence'), { code: '22021' }), 422, 'invalid_request'],
  [new RecallError('migrations_missing', 'm'), 503, 'migrations_missing'],
  [new RecallError('conflict', 'c'), 409, 'conflict'],
  [new Refusal('too_large', 'l'), 413, 'too_large'],
  [new URIError('URI malformed'), 404, 'not_found'],
  [new TypeError('secret inside'), 500, 'internal'],
  ['a text that was thrown', 500, 'internal'],
  [undefined, 500, 'internal'],
])('%p is answered %i %s', (error, status, code) => {
  const problem = problemOf(error, 'id');
  expect(problem).toMatchObject({ status, code, requestId: 'id' });
  expect(problem.detail).not.toMatch(/secret|thrown|byte sequence/u);
});

test('stopping ends streams that nobody reads', async () => {
  const recall = await at.planned({ selector: { senders: ['nobody'] }, reason: 'r' });
  await at.pool.query(`insert into conversations (app_id, group_id) values ($1, 'g')`, [appId]);
  await at.pool.query(
    `insert into outcomes (recall_id, conversation_id, msg_seq, sender, state)
     select $1, (select max(conversation_id) from conversations), n, repeat('s', 200), 'pending' from generate_series(1, 60000) n`,
    [recall.id],
  );
  const { config } = readConsoleConfig({
    DATABASE_URL: at.databaseUrl,
    TENCENT_SDK_APP_ID: String(appId),
    CONSOLE_PORT: '0',
    CONSOLE_ADMIN_TOKEN: token,
  });
  const second = await startConsole(config, createLog('console', 'silent'), { drainWithinMs: 300 });
  const { hostname, port } = new URL(second.url);
  const socket = connect(Number(port), hostname);
  socket.on('error', () => {});
  socket.write(
    `GET /api/v1/recalls/${recall.id}/outcomes HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${token}\r\nAccept: text/csv\r\n\r\n`,
  );
  await once(socket, 'readable');
  const began = performance.now();
  await second.stop();
  expect(performance.now() - began).toBeLessThan(2_000);
  socket.destroy();
});
