import { setTimeout as pause } from 'node:timers/promises';
import type { Links } from '../parts/links.ts';
import type { Platform } from '../parts/platform.ts';
import type { Postgres } from '../parts/postgres.ts';
import type { RedisServer } from '../parts/redis.ts';
import type { System } from '../parts/system.ts';
import type { PlannedFault } from '../plan/faults.ts';
import { preciseNow } from '../proxy/disturbance.ts';

/** A fault as it really was: Unix milliseconds. */
export interface Injected {
  readonly planned: PlannedFault;
  readonly from: number;
  to: number;
  /** Why it could not be done; null: it was. */
  problem: string | null;
}

export interface Harmed {
  readonly system: System;
  readonly postgres: Postgres;
  readonly redis: RedisServer | null;
  readonly links: Links;
  readonly platform: Platform;
}

/** Carries the faults out at their times; resolves when the last one is over. */
export async function injectAll(
  faults: readonly PlannedFault[],
  harmed: Harmed,
  startsAt: number,
  onBegin: (planned: PlannedFault) => void,
): Promise<readonly Injected[]> {
  const injected: Injected[] = [];
  async function inject(planned: PlannedFault): Promise<void> {
    await pause(Math.max(0, startsAt + planned.at - preciseNow()));
    onBegin(planned);
    const one: Injected = { planned, from: preciseNow(), to: Infinity, problem: null };
    injected.push(one);
    try {
      const end = await begin(planned, harmed);
      await pause(Math.max(0, one.from + planned.forMs - preciseNow()));
      await end();
    } catch (error) {
      one.problem = String(error);
    }
    one.to = preciseNow();
  }
  await Promise.all(faults.map(inject));
  return injected;
}

/** @returns what ends it */
async function begin({ fault }: PlannedFault, harmed: Harmed): Promise<() => unknown> {
  const { system, postgres, redis, links, platform } = harmed;
  switch (fault.kind) {
    case 'kill': {
      const part = system.part(fault.part);
      await part.kill();
      return () => part.start();
    }
    case 'terminate': {
      const part = system.part(fault.part);
      await part.terminate();
      return () => part.start();
    }
    case 'stop':
      return system.part(fault.part).standStill();
    case 'postgres-restart':
      await postgres.break(fault.signal);
      return () => postgres.mend();
    case 'redis-flush':
      await redis?.flush();
      return () => {};
    case 'redis-restart':
    case 'redis-outage':
      await redis?.break();
      return () => redis?.mend();
    case 'link':
      return links.disturb(fault);
    case 'platform': {
      const { command, effect, share } = fault;
      const id = await platform.addFault({ command, probability: share, effect });
      return () => platform.removeFault(id);
    }
  }
}
