import { createWriteStream } from 'node:fs';
import { spawnProcess, type SpawnedProcess } from '@chat-recall/local';
import type { PartName } from '../plan/faults.ts';
import { preciseNow } from '../proxy/disturbance.ts';

/** Before a process that ended is started again, ms: what a service manager does. */
const againAfterMs = 500;

/** When a process was stopped by SIGSTOP: Unix milliseconds. */
export interface Standstill {
  readonly pid: number;
  readonly from: number;
  /** Infinity: it was killed while it stood still. */
  to: number;
}

/** How a process ended that was asked to: Unix milliseconds. */
export interface Termination {
  readonly from: number;
  readonly to: number;
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

/** That a process ended though nobody ended it. */
export interface SelfEnded {
  readonly at: number;
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  /** Whether it had said that it was ready: without its stores a process may refuse to start. */
  readonly wasReady: boolean;
}

/** A fault for a process that is not there, or just ending. */
const notRunning = 'it was not running';

/** A process of the product, kept alive as a service manager does. */
export interface Supervised {
  readonly name: PartName;
  /** Where it serves its own health and metrics, or null. */
  readonly healthUrl: string;
  readonly logFile: string;
  readonly standstills: readonly Standstill[];
  readonly selfEnded: readonly SelfEnded[];
  readonly terminations: readonly Termination[];
  /** Starts it; it is started again whenever it ends, until `end`. */
  start(): void;
  /** SIGKILL, and nobody starts it again. Rejects when it does not run. */
  kill(): Promise<void>;
  /** SIGTERM, after 20 s SIGKILL, and nobody starts it again. Rejects when it was not ready. */
  terminate(): Promise<void>;
  /** SIGSTOP; the function returned goes on with it. Throws when it does not run. */
  standStill(): () => void;
  isReady(): boolean;
  /** SIGTERM, then it is left. */
  end(): Promise<void>;
}

export function supervise(options: {
  readonly name: PartName;
  readonly script: string;
  readonly env: Readonly<Record<string, string>>;
  readonly healthUrl: string;
  readonly logFile: string;
}): Supervised {
  const { name, script, env, healthUrl, logFile } = options;
  const log = createWriteStream(logFile, { flags: 'a' });
  const standstills: Standstill[] = [];
  const selfEnded: SelfEnded[] = [];
  const terminations: Termination[] = [];
  let wanted = false;
  let life = 0;
  let current: { process: SpawnedProcess; ready: boolean } | undefined;
  let starting: Promise<void> | undefined;

  async function begin(mine: number): Promise<void> {
    const process = await spawnProcess({ script, env, onLine: (line) => log.write(`${line}\n`) });
    const me = { process, ready: false };
    current = me;
    void process
      .waitForLog(({ msg }) => msg === 'ready', 3_600_000)
      .then(
        () => (me.ready = true),
        () => {},
      );
    void process.exited.then(({ code, signal }) => {
      if (current === me) current = undefined;
      if (mine !== life || !wanted) return;
      selfEnded.push({ at: preciseNow(), code, signal, wasReady: me.ready });
      setTimeout(() => {
        if (mine === life && wanted) run();
      }, againAfterMs);
    });
  }

  function run(): void {
    life += 1;
    starting = begin(life);
  }

  return {
    name,
    healthUrl,
    logFile,
    standstills,
    selfEnded,
    terminations,
    start() {
      if (wanted) return;
      wanted = true;
      run();
    },
    async kill() {
      await starting;
      if (!wanted || current === undefined) throw new Error(notRunning);
      wanted = false;
      await current.process.kill();
    },
    async terminate() {
      if (!wanted || current?.ready !== true) throw new Error(notRunning);
      wanted = false;
      const from = preciseNow();
      const exit = await current.process.stop();
      terminations.push({ from, to: preciseNow(), ...exit });
    },
    standStill() {
      if (!wanted || current === undefined) throw new Error(notRunning);
      const { pid } = current.process;
      const standstill: Standstill = { pid, from: preciseNow(), to: Infinity };
      tell(pid, 'SIGSTOP');
      standstills.push(standstill);
      return () => {
        if (current?.process.pid !== pid) return;
        standstill.to = preciseNow();
        tell(pid, 'SIGCONT');
      };
    },
    isReady: () => current?.ready === true,
    async end() {
      wanted = false;
      await starting;
      await current?.process.stop();
      if (!log.writableEnded) await new Promise((resolve) => log.end(resolve));
    },
  };
}

function tell(pid: number, what: NodeJS.Signals): void {
  try {
    process.kill(pid, what);
  } catch {
    // It ended by itself a moment ago.
  }
}
