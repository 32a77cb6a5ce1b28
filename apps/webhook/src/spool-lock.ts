import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdirSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { join, resolve as absolute } from 'node:path';
import { codeOf, ConfigError } from '@chat-recall/shared/errors';

/** What the path of a socket may have on every system, bytes. */
const longestPath = 103;

/**
 * Takes a folder for this process; makes it when it is not there. A holder listens on a socket in it, which the
 * system closes with the process, however that ends; numbers of processes mean nothing in another container or
 * after a reboot. Names are never used again, and each looks for others when its own is in place: of two that
 * come at once one gets it or none, never both. Not for a folder that several machines share.
 *
 * @returns what gives it back
 * @throws ConfigError when it cannot be used or another process has it
 */
export async function lockFolder(dir: string): Promise<() => void> {
  const name = `lock-${randomBytes(6).toString('hex')}`;
  const hidden = join(dir, `.${name}`);
  if (Buffer.byteLength(absolute(hidden)) > longestPath) {
    throw new ConfigError([`WEBHOOK_SPOOL_DIR: its path may have ${longestPath - name.length - 2} bytes at most`]);
  }
  const server = createServer((socket) => socket.destroy());
  server.unref();
  function unlock(): void {
    rmSync(join(dir, name), { force: true });
    server.close();
  }
  try {
    mkdirSync(dir, { recursive: true, mode: 0o700 });
    // In its place once it listens: one that does not is a dead process's.
    server.listen(hidden);
    await once(server, 'listening');
    renameSync(hidden, join(dir, name));
    for (const other of readdirSync(dir)) {
      if (!/^lock-[\da-f]{12}$/u.test(other) || other === name) continue;
      if (await isHeld(join(dir, other))) {
        unlock();
        throw new ConfigError(['WEBHOOK_SPOOL_DIR: another receiver has this folder']);
      }
      rmSync(join(dir, other), { force: true });
    }
  } catch (error) {
    server.close();
    if (error instanceof ConfigError) throw error;
    throw new ConfigError([`WEBHOOK_SPOOL_DIR: cannot be used: ${codeOf(error) ?? 'unknown'}`]);
  }
  return unlock;
}

function isHeld(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(path, () => {
      socket.destroy();
      resolve(true);
    });
    socket.on('error', (error) => resolve(!['ECONNREFUSED', 'ENOENT'].includes(String(codeOf(error)))));
  });
}
