import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { basename, dirname } from 'node:path';
import { guardServer } from '../postgres/guard.ts';
import { eventually } from './eventually.ts';
import { createLineCollector } from './line-collector.ts';
import { transcribe } from './transcript.ts';

/** How long a wait or a clean stop may take unless said otherwise, ms. */
const defaultTimeoutMs = 20_000;
/** Lines of output shown when a wait fails. */
const shownLines = 30;

export interface ProcessOptions {
  /** The JavaScript file that node runs. */
  readonly script: string;
  readonly args?: readonly string[];
  /** For node itself, before the script. */
  readonly nodeArgs?: readonly string[];
  /** The whole environment: nothing is inherited, not even PATH. */
  readonly env: Readonly<Record<string, string>>;
  readonly cwd?: string;
  /** Told of every line of output. */
  readonly onLine?: (line: string) => void;
  /** Run as another user; root only. */
  readonly uid?: number;
  readonly gid?: number;
}

export interface Exit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

export interface SpawnedProcess {
  readonly pid: number;
  /** Of stdout and stderr, as they came. */
  readonly lines: readonly string[];
  /** Resolves when it has ended and all of its output is read. */
  readonly exited: Promise<Exit>;
  /** The first line, also of those already there, that fits. Rejects when the process ends without, or after `timeoutMs`. */
  waitForLine(fits: RegExp | ((line: string) => boolean), timeoutMs?: number): Promise<string>;
  /** Likewise for lines that are JSON objects, as pino writes them. */
  waitForLog(fits: (entry: Record<string, unknown>) => boolean, timeoutMs?: number): Promise<Record<string, unknown>>;
  /** Waits until GET on the URL is answered with 200. Rejects as above. */
  waitForReady(url: string, timeoutMs?: number): Promise<void>;
  /** Sends the signal (default SIGTERM), and SIGKILL after `timeoutMs`; resolves when it has ended. */
  stop(signal?: NodeJS.Signals, timeoutMs?: number): Promise<Exit>;
  /** kill -9; resolves when it has ended. */
  kill(): Promise<Exit>;
}

/** Starts a real process under node. One that its owner forgets, or that a killed owner leaves behind, is killed. */
export async function spawnProcess(options: ProcessOptions): Promise<SpawnedProcess> {
  const { cwd, uid, gid } = options;
  const child = spawn(process.execPath, [...(options.nodeArgs ?? []), options.script, ...(options.args ?? [])], {
    env: { ...options.env },
    stdio: ['ignore', 'pipe', 'pipe'],
    ...(cwd === undefined ? {} : { cwd }),
    ...(uid === undefined ? {} : { uid }),
    ...(gid === undefined ? {} : { gid }),
  });
  const collector = createLineCollector((line) => {
    options.onLine?.(line);
    transcribe(`${basename(dirname(options.script))}-${basename(options.script)}-${child.pid}`, line);
  });
  collector.read(child.stdout);
  collector.read(child.stderr);
  let ended = false;
  const exited = new Promise<Exit>((resolve) => {
    child.once('close', (code, signal) => {
      ended = true;
      resolve({ code, signal });
    });
  });
  await once(child, 'spawn');
  const pid = child.pid ?? 0;
  guardServer({ ownerPid: process.pid, serverPid: pid, signal: 'KILL' });

  function fail(what: string): Error {
    const state = ended ? `the process ended (code ${child.exitCode}, signal ${child.signalCode})` : 'the time is up';
    return new Error(
      `waited for ${what}: ${state}. Its last output:\n${collector.lines.slice(-shownLines).join('\n')}`,
    );
  }

  async function waitFor<T>(
    what: string,
    pick: (line: string) => T | undefined,
    timeoutMs = defaultTimeoutMs,
  ): Promise<T> {
    const picked = await collector.first(pick, exited, timeoutMs);
    if (picked === undefined) throw fail(what);
    return picked;
  }

  return {
    pid,
    lines: collector.lines,
    exited,
    waitForLine: (fits, timeoutMs) =>
      waitFor(
        'a line',
        (line) => ((fits instanceof RegExp ? fits.test(line) : fits(line)) ? line : undefined),
        timeoutMs,
      ),
    waitForLog: (fits, timeoutMs) => waitFor('a log entry', (line) => entryThat(fits, line), timeoutMs),
    async waitForReady(url, timeoutMs = defaultTimeoutMs) {
      const answer = await eventually(async () => ended || (await fetch(url)).status === 200, {
        timeoutMs,
        what: `200 from ${url}`,
      }).catch((error: unknown) => {
        throw new Error(`${String(error)}\n${fail(url).message}`, { cause: error });
      });
      if (answer && ended) throw fail(url);
    },
    async stop(signal = 'SIGTERM', timeoutMs = defaultTimeoutMs) {
      child.kill(signal);
      const timer = setTimeout(() => child.kill('SIGKILL'), timeoutMs);
      try {
        return await exited;
      } finally {
        clearTimeout(timer);
      }
    },
    async kill() {
      child.kill('SIGKILL');
      return exited;
    },
  };
}

function entryThat(
  fits: (entry: Record<string, unknown>) => boolean,
  line: string,
): Record<string, unknown> | undefined {
  if (!line.startsWith('{')) return undefined;
  try {
    const entry = JSON.parse(line) as Record<string, unknown>;
    return fits(entry) ? entry : undefined;
  } catch {
    return undefined;
  }
}
