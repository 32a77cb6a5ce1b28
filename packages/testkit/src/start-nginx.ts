import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { eventually, guardServer } from '@chat-recall/local';
import { describeOrLeaveOut } from './describe-or-leave-out.ts';
import { findProgram } from './find-program.ts';

/** Declares a suite that needs nginx from the PATH; without one it is marked as skipped, or fails with `REQUIRE_NGINX=1`. */
export function describeWithNginx(title: string, suite: () => void): void {
  const there = findProgram('nginx') !== undefined;
  const need = { there, missing: 'nginx', remedy: 'install nginx, of which nginx-light is enough' };
  describeOrLeaveOut(title, { ...need, requiredBy: 'REQUIRE_NGINX' }, suite);
}

export interface Nginx {
  stop(): Promise<void>;
}

/**
 * Starts nginx, one process in the foreground, and waits until it listens.
 *
 * @param folder the caller's own; the configuration and temporary files go there
 * @param http what stands in the http block
 * @throws Error with what nginx says when it does not start
 */
export async function startNginx(folder: string, http: string, port: number): Promise<Nginx> {
  const path = findProgram('nginx');
  if (path === undefined) throw new Error('there is no nginx on the PATH');
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map(
    (name) => `${name}_temp_path ${join(folder, name)};`,
  );
  const configuration = join(folder, 'nginx.conf');
  writeFileSync(
    configuration,
    [
      `daemon off; master_process off; pid ${join(folder, 'nginx.pid')}; error_log stderr emerg;`,
      'events { worker_connections 4096; }',
      `http { ${temporary.join(' ')}\n${http}\n}`,
    ].join('\n'),
  );
  const child = spawn(path, ['-c', configuration, '-p', folder], { stdio: ['ignore', 'ignore', 'pipe'] });
  let said = '';
  child.stderr.on('data', (chunk: Buffer) => (said += chunk.toString()));
  const closed = once(child, 'close');
  guardServer({ ownerPid: process.pid, serverPid: child.pid ?? 0, signal: 'KILL' });
  const listening = eventually(async () => {
    const socket = connect(port, '127.0.0.1');
    await once(socket, 'connect');
    return socket.destroy();
  });
  const ended = closed.then(() => {
    throw new Error(`nginx did not start: ${said}`);
  });
  ended.catch(() => {});
  await Promise.race([listening, ended]);
  return {
    async stop() {
      child.kill('SIGTERM');
      await closed;
    },
  };
}
