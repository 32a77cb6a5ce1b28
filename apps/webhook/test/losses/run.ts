import { setTimeout as pause } from 'node:timers/promises';
import { seededRandom } from '@chat-recall/simulator';
import { eventually } from '@chat-recall/testkit';
import { makeWorld } from './world.ts';

const connections = 16;
/** Callbacks that are answered OK between two kills, at least. */
const answeredBetween = 30;
/** A kill comes within so long after that, ms. */
const killedWithinMs = 400;
/** After a kill it is started again within so long, ms. */
const startedWithinMs = 600;

export interface Losses {
  readonly answered: number;
  readonly refused: number;
  readonly missing: readonly number[];
  readonly seconds: number;
}

/**
 * Kills receiver and Postgres so many times in all, in an order and at moments that the seed draws, under load;
 * sometimes the one while the other is away.
 */
export async function killAtRandom(kills: number, seed: number, tell: (text: string) => void): Promise<Losses> {
  const random = seededRandom(seed);
  const began = performance.now();
  const world = await makeWorld();
  try {
    const load = world.send(connections);
    let done = 0;
    const kill = async (what: 'receiver' | 'Postgres'): Promise<void> => {
      await pause(random() * killedWithinMs);
      done += 1;
      tell(`${done}: kill of ${what} after ${world.answered.size} answered OK`);
      await (what === 'receiver' ? world.killReceiver() : world.killPostgres());
      await pause(random() * startedWithinMs);
    };
    while (done < kills) {
      const before = world.answered.size;
      await eventually(() => world.answered.size >= before + answeredBetween, { timeoutMs: 60_000 });
      const drawn = random();
      if (drawn < 0.45) {
        await kill('receiver');
        await world.startReceiver();
      } else if (drawn < 0.8 || kills - done < 2) {
        await kill('Postgres');
        await world.startPostgres();
      } else {
        await kill('Postgres');
        await kill('receiver');
        await world.startReceiver();
        await world.startPostgres();
      }
    }
    await load.stop();
    const missing = await world.missing();
    const seconds = (performance.now() - began) / 1_000;
    return { answered: world.answered.size, refused: world.refused(), missing, seconds };
  } finally {
    await world.end();
  }
}

/** Takes Postgres away for so long under a steady load. */
export async function takePostgresAway(seconds: number, perSecond: number): Promise<Losses> {
  const began = performance.now();
  const world = await makeWorld();
  try {
    const load = world.send(64, perSecond);
    await eventually(() => world.answered.size > perSecond, { timeoutMs: 60_000 });
    await world.killPostgres();
    await pause(seconds * 1_000);
    await world.startPostgres();
    const before = world.answered.size;
    await eventually(() => world.answered.size > before + 2 * perSecond, { timeoutMs: 60_000 });
    await load.stop();
    const missing = await world.missing();
    const took = (performance.now() - began) / 1_000;
    return { answered: world.answered.size, refused: world.refused(), missing, seconds: took };
  } finally {
    await world.end();
  }
}
