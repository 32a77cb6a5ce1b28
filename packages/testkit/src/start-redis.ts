import { spawn, type ChildProcess } from 'node:child_process';
import { createInterface } from 'node:readline';
import { freePort, guardServer } from '@chat-recall/local';
import { findProgram } from './find-program.ts';

/** Ports tried: another program may take a free one first. */
const portTries = 5;

/** How to have Redis, for whoever lacks it. */
export const redisMissing = { missing: 'redis-server', remedy: 'install redis-server or set REDIS_URL' };

/** A Redis that lets in over TLS alone, and only its users. */
export interface SecuredRedis {
  readonly certFile: string;
  readonly keyFile: string;
  /** Lines of an ACL file: `user name on >password …`. */
  readonly users: readonly string[];
}

export interface PrivateRedis {
  /** Without a user; `rediss://localhost:…` when secured. */
  readonly url: string;
  readonly port: number;
  readonly pid: number;
  /** Ends it at once; everything in it is lost. Can be called again. */
  stop(): Promise<void>;
}

/**
 * Starts a Redis of the caller's own on 127.0.0.1 that keeps nothing on disk, for tests that wipe, stop
 * or starve it; with `port`, one that stood there before comes back. It ends with `ownerPid` (default:
 * this process) in any case.
 *
 * @throws Error when there is no redis-server on the PATH, or the port is taken
 */
export async function startRedis(
  options: { port?: number; ownerPid?: number; secured?: SecuredRedis } = {},
): Promise<PrivateRedis> {
  const { secured } = options;
  const program = findProgram('redis-server');
  if (program === undefined) throw new Error(`no ${redisMissing.missing}: ${redisMissing.remedy}`);
  for (let tries = 1; ; tries += 1) {
    const port = options.port ?? (await freePort());
    const child = spawn(
      program,
      [...listening(port, secured), '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no', '--dir', '/'],
      {
        stdio: ['ignore', 'pipe', 'inherit'],
        // Ctrl-C in the terminal is for the tests; they end it.
        detached: true,
      },
    );
    const exited = new Promise<void>((resolve) => child.once('close', () => resolve()));
    try {
      await whenReady(child);
    } catch (error) {
      if (options.port === undefined && tries < portTries) continue;
      throw error;
    }
    const pid = child.pid ?? 0;
    guardServer({ ownerPid: options.ownerPid ?? process.pid, serverPid: pid, signal: 'KILL' });
    letGo(child);
    return {
      url: secured === undefined ? `redis://127.0.0.1:${port}` : `rediss://localhost:${port}`,
      port,
      pid,
      async stop() {
        child.ref();
        child.kill('SIGKILL');
        await exited;
      },
    };
  }
}

function listening(port: number, secured: SecuredRedis | undefined): string[] {
  if (secured === undefined) return ['--port', String(port)];
  const { certFile, keyFile, users } = secured;
  return [
    '--port',
    '0',
    '--tls-port',
    String(port),
    '--tls-auth-clients',
    'no',
    '--tls-cert-file',
    certFile,
    '--tls-key-file',
    keyFile,
    ...users.flatMap((line) => `--${line}`.split(' ')),
  ];
}

function whenReady(child: ChildProcess): Promise<void> {
  return new Promise((resolve, reject) => {
    if (child.stdout === null) throw new Error('stdout is a pipe');
    const output: string[] = [];
    createInterface({ input: child.stdout }).on('line', (line) => {
      output.push(line);
      if (line.includes('Ready to accept connections')) resolve();
    });
    child.once('error', reject);
    child.once('close', () => reject(new Error(`redis-server did not start:\n${output.join('\n')}`)));
  });
}

/** Neither the process nor its pipe keeps this process alive. */
function letGo(child: ChildProcess): void {
  child.unref();
  (child.stdout as unknown as { unref?: () => void } | null)?.unref?.();
}
