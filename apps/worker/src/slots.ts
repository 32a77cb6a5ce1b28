import type { RateGate, Slot } from '@chat-recall/shared/db';

/**
 * A batch that was taken this long ago and still waits for its turn asks again whether it is wanted, ms: its recall may
 * have been cancelled since. Taking counts, too: the database's answer may be long on its way, or the process stood still.
 */
const takenForMs = 900;

/** null: the process stops. */
export async function reserveSlot(gate: RateGate, priority: number, signal: AbortSignal): Promise<Slot | null> {
  try {
    return await gate.reserve(priority, signal);
  } catch (error) {
    if (signal.aborted) return null;
    throw error;
  }
}

/**
 * What is taken goes before what is not yet, of its own priority: behind all that wait it would be late again, and
 * every slot it misses is a call that nobody makes.
 */
const ahead = 0.5;

/**
 * A slot for a call whose first one came too late. False when it would be long past its check, or there is none to be
 * had: what was not called is not left behind as an attempt without an answer.
 *
 * @param takingSince when its batch began to be taken, by `performance.now()`
 */
export async function anotherSlot(
  gate: RateGate,
  priority: number,
  signal: AbortSignal,
  takingSince: number,
): Promise<boolean> {
  const isLate = (): boolean => performance.now() - takingSince >= takenForMs;
  if (isLate()) return false;
  try {
    await gate.enter(priority - ahead, signal);
  } catch {
    return false;
  }
  return !isLate();
}
