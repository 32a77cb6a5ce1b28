import type { Pool } from './pool.ts';

/** How far ahead slots are reserved: short, so that urgent work overtakes and cancelling is prompt, ms. */
const horizonMs = 50;
/** A slot this much too late is given up, ms: used late it would crowd the next ones in a sliding second. */
const staleAfterMs = 25;
/** A reservation that took longer than this to come back is mostly past, ms. */
const slowAnswerMs = 200;
/** Slots taken from the database at once, at most. */
const takeAtOnce = 8;

/** A reserved moment for one call. */
export interface Slot {
  /** Waits for the moment. False: it has passed too long ago to be used; reserve another. */
  use(): Promise<boolean>;
}

export interface RateGate {
  /**
   * Resolves up to 50 ms before the moment it reserves, so that what must be written before the call
   * is written meanwhile. Callers of a lower priority number go first, those of the same in turn.
   * Rejects when the signal is aborted or the database does not answer.
   */
  reserve(priority?: number, signal?: AbortSignal): Promise<Slot>;
  /** Reserves and waits; when it resolves, the call must be made at once. */
  enter(priority?: number, signal?: AbortSignal): Promise<void>;
  /** Says that the platform refused a call for its frequency: all processes slow down at once. */
  throttled(): Promise<void>;
  /** The share of the full rate in force, 0.05 to 1. */
  factor(): Promise<number>;
}

interface Waiter {
  readonly priority: number;
  readonly resolve: (slot: Slot) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * The burst that fits beside a rate, so that no sliding second sees more than 200 calls although a
 * slot may be used up to `staleAfterMs` late: 180 a second leaves 10, 190 leaves 1.
 */
export function burstFor(callsPerSecond: number): number {
  return Math.max(1, Math.min(10, Math.floor(199 - callsPerSecond * (1 + (2 * staleAfterMs) / 1000))));
}

/**
 * One limit shared by all processes (GCRA on the database's clock, migrations/0003): at most
 * `callsPerSecond` on average and `callsPerSecond` + burst in any sliding second.
 *
 * @param name the app and API it counts for, e.g. `1400000000_group_msg_recall`
 * @param callsPerSecond up to 190; the platform refuses above 200 (intl 34381), of some APIs far below
 * @param burst calls that may go at once
 */
export async function createRateGate(
  pool: Pool,
  name: string,
  callsPerSecond: number,
  burst = burstFor(callsPerSecond),
): Promise<RateGate> {
  await pool.query('select rate_gate_ensure($1)', [name]);
  const waiters: Waiter[] = [];
  let pumping = false;

  async function take(): Promise<{ granted: number; dueMs: number; stepMs: number }> {
    const asked = performance.now();
    const { rows } = await pool.query<{ granted: number; base_us: number; step_us: number }>({
      name: 'rate_gate_take',
      text: 'select granted, base_us, step_us from rate_gate_take($1, $2, $3, $4, $5)',
      values: [name, callsPerSecond, burst, Math.min(takeAtOnce, waiters.length), horizonMs * 1000],
    });
    const { granted, base_us: base, step_us: step } = rows[0] ?? { granted: 0, base_us: 0, step_us: 1_000_000 };
    const answered = performance.now();
    // An answer that took long holds slots that are long past on the database's clock: one is used,
    // so that work goes on, and the others are given up.
    const usable = answered - asked > slowAnswerMs ? Math.min(1, granted) : granted;
    return { granted: usable, dueMs: answered + base / 1000, stepMs: step / 1000 };
  }

  async function pump(): Promise<void> {
    try {
      while (waiters.length > 0) {
        const { granted, dueMs, stepMs } = await take();
        if (granted === 0) await pause(Math.max(1, dueMs - performance.now() - horizonMs / 2));
        const now = performance.now();
        for (let k = 0; k < granted; k++) waiters.shift()?.resolve(slotAt(Math.max(now, dueMs + k * stepMs)));
      }
    } catch (error) {
      for (const waiter of waiters.splice(0)) waiter.reject(error);
    } finally {
      pumping = false;
    }
  }

  const gate: RateGate = {
    reserve(priority = 2, signal) {
      return new Promise<Slot>((resolve, reject) => {
        if (signal?.aborted === true) return reject(signal.reason);
        const leave = (): void => {
          waiters.splice(waiters.indexOf(waiter), 1);
          reject(signal?.reason);
        };
        const waiter: Waiter = {
          priority,
          resolve(slot) {
            signal?.removeEventListener('abort', leave);
            resolve(slot);
          },
          reject(error) {
            signal?.removeEventListener('abort', leave);
            reject(error);
          },
        };
        signal?.addEventListener('abort', leave, { once: true });
        const after = waiters.findIndex((other) => other.priority > priority);
        waiters.splice(after === -1 ? waiters.length : after, 0, waiter);
        if (!pumping) {
          pumping = true;
          void pump();
        }
      });
    },
    async enter(priority, signal) {
      while (!(await (await gate.reserve(priority, signal)).use()));
    },
    async throttled() {
      await pool.query('select rate_gate_throttled($1)', [name]);
    },
    async factor() {
      const { rows } = await pool.query<{ factor: number }>('select rate_gate_factor($1) as factor', [name]);
      return rows[0]?.factor ?? 1;
    },
  };
  return gate;
}

/** Work that all processes repeat and one of them does at a time. */
export interface Turns {
  /** Whether it is done by this process now. */
  take(): Promise<boolean>;
}

/**
 * A rate gate without waiting: of all processes that ask, one is told to go each time `everyMs` has passed. That
 * the others only ask is cheap; and a process that is stopped takes no more than its own turn with it.
 *
 * @param everyMs up to 5,000, the slowest that a gate is
 */
export async function createTurns(pool: Pool, name: string, everyMs: number): Promise<Turns> {
  await pool.query('select rate_gate_ensure($1)', [name]);
  return {
    async take() {
      const { rows } = await pool.query<{ granted: number }>({
        name: 'take_turn',
        text: 'select granted from rate_gate_take($1, $2, 1, 1, 0)',
        values: [name, 1_000 / everyMs],
      });
      return rows[0]?.granted === 1;
    },
  };
}

function slotAt(due: number): Slot {
  return {
    async use() {
      const early = due - performance.now();
      if (early > 0) await pause(early);
      return performance.now() - due <= staleAfterMs;
    },
  };
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, ms);
  });
}
