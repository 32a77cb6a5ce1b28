import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { afterAll, afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { eventually } from '@chat-recall/testkit';
import {
  freePort,
  isRunning,
  startEmbeddedPostgres,
  type EmbeddedPostgres,
  type EmbeddedPostgresOptions,
} from '../src/index.ts';
import { makeFolder, query, removeFolders, spawnOwner } from './fixtures/servers.ts';

const servers: EmbeddedPostgres[] = [];

async function start(options: EmbeddedPostgresOptions): Promise<EmbeddedPostgres> {
  const server = await startEmbeddedPostgres(options);
  servers.push(server);
  return server;
}

afterEach(async () => {
  for (const server of servers.splice(0)) await server.stop();
});
afterAll(removeFolders);

describe('a persistent server', () => {
  let dataDir: string;
  beforeEach(() => {
    dataDir = join(makeFolder(), 'data', 'postgres');
  });

  test('keeps its data over stop and start', async () => {
    const first = await start({ dataDir, persistent: true });
    await query(first.url, 'create table kept as select 7 as n');
    await first.stop();
    await first.stop();
    expect(isRunning(first.pid)).toBe(false);
    const second = await start({ dataDir, persistent: true });
    expect(await query(second.url, 'select n from kept')).toEqual([{ n: 7 }]);
  });

  test('is set up as documented', async () => {
    const port = await freePort();
    const server = await start({ dataDir, persistent: true, port });
    expect(server).toMatchObject({ port, dataDir });
    expect(new URL(server.url)).toMatchObject({ hostname: '127.0.0.1', port: String(port), pathname: '/chat_recall' });
    const names = [
      'listen_addresses',
      'unix_socket_directories',
      'fsync',
      'synchronous_commit',
      'full_page_writes',
      'jit',
      'TimeZone',
      'lc_messages',
      'shared_buffers',
      'max_connections',
      'server_encoding',
    ];
    const columns = names.map((name) => `current_setting('${name}') as "${name}"`).join(', ');
    expect(await query(server.url, `select ${columns}, lower('ÄЖ') as folded`)).toEqual([
      {
        listen_addresses: '127.0.0.1',
        unix_socket_directories: '',
        fsync: 'on',
        synchronous_commit: 'on',
        full_page_writes: 'on',
        jit: 'off',
        TimeZone: 'UTC',
        lc_messages: 'C',
        shared_buffers: '256MB',
        max_connections: '400',
        server_encoding: 'UTF8',
        folded: 'äж',
      },
    ]);
    const { password } = new URL(server.url);
    expect(readFileSync(join(dataDir, 'password'), 'utf8').trim()).toBe(password);
    expect(statSync(join(dataDir, 'password')).mode & 0o777).toBe(0o600);
    await expect(query(server.url.replace(password, 'guess'), 'select 1')).rejects.toMatchObject({ code: '28P01' });
    for (const extension of ['pg_trgm', 'btree_gin', 'intarray'])
      await query(server.url, `create extension ${extension}`);
  });

  test('has one owner at a time, and says who', async () => {
    const server = await start({ dataDir, persistent: true });
    await expect(start({ dataDir, persistent: true })).rejects.toThrow(
      `The Postgres data in ${dataDir} is in use by process ${process.pid}.`,
    );
    expect(await query(server.url, 'select 1 as n')).toEqual([{ n: 1 }]);
  });

  test('two at once: one gets it', async () => {
    const both = await Promise.allSettled([start({ dataDir, persistent: true }), start({ dataDir, persistent: true })]);
    expect(both.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
  });

  test('comes back at once after kill -9 of the server, with what was committed', async () => {
    const first = await start({ dataDir, persistent: true });
    await query(first.url, 'create table kept as select 8 as n');
    process.kill(first.pid, 'SIGKILL');
    const second = await start({ dataDir, persistent: true, port: first.port });
    expect(await query(second.url, 'select n from kept')).toEqual([{ n: 8 }]);
    await first.exited;
  });

  test('comes back at once after kill -9 of its owner, though the old server still runs', async () => {
    const { owner, url, pid } = await spawnOwner({ dataDir, persistent: true });
    await query(url, 'create table kept as select 9 as n');
    await owner.kill();
    const server = await start({ dataDir, persistent: true });
    expect(isRunning(pid)).toBe(false);
    expect(await query(server.url, 'select n from kept')).toEqual([{ n: 9 }]);
  });

  test.each(['SIGTERM', 'SIGINT', 'SIGKILL'] as const)(
    'ends cleanly by itself when its owner ends by %s',
    async (signal) => {
      const { owner, pid } = await spawnOwner({ dataDir, persistent: true });
      expect((await owner.stop(signal)).signal).toBe(signal);
      await eventually(() => !isRunning(pid), { what: 'the end of the server' });
      // A clean shutdown removes it.
      expect(existsSync(join(dataDir, 'cluster', 'postmaster.pid'))).toBe(false);
    },
  );

  test('is not kept from starting by a pid file that names another program', async () => {
    const first = await start({ dataDir, persistent: true });
    await query(first.url, 'create table kept as select 10 as n');
    const pidFile = join(dataDir, 'cluster', 'postmaster.pid');
    const written = readFileSync(pidFile, 'utf8');
    process.kill(first.pid, 'SIGKILL');
    await first.exited;
    // The id has come to be used by a process of the same user, for which Postgres itself would give up.
    const { owner, pid } = await spawnOwner({ persistent: false });
    writeFileSync(pidFile, written.replace(/^\d+/u, String(pid)));
    const second = await start({ dataDir, persistent: true });
    expect(await query(second.url, 'select n from kept')).toEqual([{ n: 10 }]);
    expect(isRunning(pid)).toBe(true);
    await owner.kill();
  });

  test('says when its port is taken', async () => {
    const other = createServer();
    await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
    const { port } = other.address() as { port: number };
    const refused = start({ dataDir, persistent: true, port });
    await refused.catch(() => {});
    await new Promise((resolve) => other.close(resolve));
    await expect(refused).rejects.toThrow(`Port ${port} of 127.0.0.1 is taken by another program.`);
    await start({ dataDir, persistent: true, port });
  });

  test('leaves data alone that are not its own', async () => {
    const first = await start({ dataDir, persistent: true });
    await first.stop();
    writeFileSync(join(dataDir, 'cluster', 'PG_VERSION'), '12\n');
    await expect(start({ dataDir, persistent: true })).rejects.toThrow('is of Postgres 12, and this is 18');
  });
});

describe('a throw-away server', () => {
  test('leaves nothing behind when stopped', async () => {
    const server = await start({ persistent: false });
    expect(
      await query(
        server.url,
        `select current_setting('fsync') as fsync, current_setting('synchronous_commit') as commit`,
      ),
    ).toEqual([{ fsync: 'off', commit: 'on' }]);
    await server.stop();
    expect(existsSync(server.dataDir)).toBe(false);
  });

  test('is durable when asked', async () => {
    const server = await start({ persistent: false, durable: true });
    expect(await query(server.url, 'show fsync')).toEqual([{ fsync: 'on' }]);
  });

  test('goes with its owner, folder and all', async () => {
    const { owner, pid, dataDir } = await spawnOwner({ persistent: false });
    expect(existsSync(dataDir)).toBe(true);
    await owner.kill();
    await eventually(() => !isRunning(pid) && !existsSync(dataDir), { what: 'the end of the server and its folder' });
  });

  test('is never put over data that are there', async () => {
    const dataDir = makeFolder();
    writeFileSync(join(dataDir, 'mine'), 'mine');
    await expect(start({ persistent: false, dataDir })).rejects.toThrow('is not empty');
    expect(readdirSync(dataDir)).toEqual(['mine']);
  });
});
