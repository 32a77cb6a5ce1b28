import { chownSync, lstatSync, readlinkSync, rmSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, test } from '@jest/globals';
import { startEmbeddedPostgres } from '../src/index.ts';
import { canReach } from '../src/postgres/reach.ts';
import { chooseRunAs } from '../src/postgres/run-as.ts';
import { makeFolder, query, removeFolders, spawnOwner } from './fixtures/servers.ts';

const repository = fileURLToPath(new URL('../../../', import.meta.url));
const isRoot = process.getuid?.() === 0;
const user = isRoot ? chooseRunAs() : undefined;
// A clone below /root cannot be read by anybody else; then only root can run these tests' processes.
const others = user !== undefined && canReach(repository, user) ? user : undefined;

afterAll(removeFolders);

(isRoot ? describe : describe.skip)('as root', () => {
  test('the server runs as an unprivileged user, on data of that user', async () => {
    const dataDir = join(makeFolder(), 'postgres');
    const server = await startEmbeddedPostgres({ dataDir, persistent: true });
    expect(statSync(`/proc/${server.pid}`).uid).toBe(user?.uid);
    expect(statSync(join(dataDir, 'cluster'))).toMatchObject({ uid: user?.uid, gid: user?.gid });
    expect(statSync(join(dataDir, 'password')).uid).toBe(0);
    await server.stop();
  });

  test('a data folder that user cannot reach is linked to one that it can', async () => {
    const dataDir = join(makeFolder(0o700), 'postgres');
    const lines: string[] = [];
    const first = await startEmbeddedPostgres({ dataDir, persistent: true, log: (line) => lines.push(line) });
    const cluster = readlinkSync(join(dataDir, 'cluster'));
    try {
      expect(lstatSync(cluster).isDirectory()).toBe(true);
      expect(lines.join('\n')).toContain(`its data goes to ${cluster}`);
      await query(first.url, 'create table kept as select 1 as n');
      await first.stop();
      const second = await startEmbeddedPostgres({ dataDir, persistent: true });
      expect(await query(second.url, 'select n from kept')).toEqual([{ n: 1 }]);
      await second.stop();
    } finally {
      rmSync(dirname(cluster), { recursive: true, force: true });
    }
  });
});

(others === undefined ? describe.skip : describe)('as a user other than root', () => {
  test('the server is that user’s, and root may take it over', async () => {
    const dataDir = makeFolder();
    chownSync(dataDir, others?.uid ?? 0, others?.gid ?? 0);
    const { owner, pid, url, uid } = await spawnOwner({ dataDir, persistent: true }, others);
    expect(uid).toBe(others?.uid);
    expect(statSync(`/proc/${pid}`).uid).toBe(others?.uid);
    await query(url, 'create table kept as select 2 as n');
    await owner.kill();
    const server = await startEmbeddedPostgres({ dataDir, persistent: true });
    expect(await query(server.url, 'select n from kept')).toEqual([{ n: 2 }]);
    await server.stop();
  });

  test('data of somebody else are refused in words', async () => {
    const dataDir = join(makeFolder(), 'postgres');
    const server = await startEmbeddedPostgres({ dataDir, persistent: true });
    await server.stop();
    const elsewhere = { uid: 12_345, gid: 12_345 };
    await expect(spawnOwner({ dataDir, persistent: true }, elsewhere)).rejects.toThrow(
      `belongs to the user with id ${user?.uid}, and this is 12345`,
    );
  });
});
