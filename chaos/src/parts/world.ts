import { createHash, randomBytes } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { eventually } from '@chat-recall/local';
import { createPool, migrate, type Pool } from '@chat-recall/shared/db';
import type { Disposals } from '@chat-recall/shared/lifecycle';
import { partNames, receivers, type LinkName, type PartName, type Queue } from '../plan/faults.ts';
import { startLinks, type Links } from './links.ts';
import { startPlatform, type Platform } from './platform.ts';
import { startPostgres, type Postgres } from './postgres.ts';
import { startRedisServer, type RedisServer } from './redis.ts';
import { steadyPort } from './steady-port.ts';
import { assemble, type System } from './system.ts';

export const sdkAppId = 1_400_000_000;
const startWithinMs = 60_000;

/** What must be told nowhere. */
export interface Credentials {
  readonly secretKey: string;
  readonly webhookToken: string;
  readonly adminToken: string;
}

/** Stores, platform, links and the product's processes, all of them running. */
export interface World {
  readonly postgres: Postgres;
  readonly redis: RedisServer | null;
  readonly links: Links;
  readonly platform: Platform;
  readonly system: System;
  readonly credentials: Credentials;
  /** For looking into the database, past all links. */
  readonly pool: Pool;
  /** Where callbacks are posted, by way of the links. */
  readonly callbackUrls: readonly string[];
}

export async function startWorld(
  options: {
    /** The repository, or a copy of what was built. */
    readonly root: string;
    readonly folder: string;
    readonly queue: Queue;
    readonly callsPerSecond: number;
  },
  disposals: Disposals,
): Promise<World> {
  const { folder, queue } = options;
  const credentials = { secretKey: made(64), webhookToken: made(40), adminToken: made(48) };
  mkdirSync(join(folder, 'spool'));
  const postgres = await startPostgres(join(folder, 'postgres'), join(folder, 'postgres.log'));
  disposals.add('postgres', () => postgres.stop());
  await migrate({ databaseUrl: postgres.url });
  const redis = queue === 'redis' ? await startRedisServer() : null;
  disposals.add('redis', () => redis?.stop());

  const ports = new Map<PartName, number>();
  for (const name of partNames) ports.set(name, await steadyPort());
  let platformPort = 0;
  const links = await startLinks(queue, (part, link) => {
    const targets: Record<LinkName, () => number> = {
      postgres: () => postgres.port,
      redis: () => Number(redis?.port),
      platform: () => platformPort,
      callbacks: () => Number(ports.get(part)),
    };
    return targets[link];
  });
  disposals.add('links', () => links.close());
  const callbackUrls = receivers.map((name) => `http://127.0.0.1:${links.port(name, 'callbacks')}/callback`);
  // Of recalls the stand-in itself tells one receiver, once: some of these callbacks are lost.
  const platform = await startPlatform({ sdkAppId, ...credentials, webhookUrl: String(callbackUrls[0]) });
  disposals.add('stand-in', () => platform.stop());
  platformPort = platform.port;

  const system = await assemble({ ...options, ...credentials, sdkAppId, links, ports, databaseUrl: postgres.url });
  for (const part of system.parts) part.start();
  disposals.add('processes', () => Promise.all(system.parts.map((part) => part.end())));
  await eventually(() => system.parts.every((part) => part.isReady()), {
    timeoutMs: startWithinMs,
    what: `the start of the system (logs in ${folder})`,
  });
  const pool = createPool({ databaseUrl: postgres.url, name: 'chaos', size: 3 });
  disposals.add('pool', () => pool.end());
  return { postgres, redis, links, platform, system, credentials, pool, callbackUrls };
}

/** Hexadecimal digits, told apart from everything else in a log. */
export function made(digits: number): string {
  return createHash('sha256').update(randomBytes(32)).digest('hex').slice(0, digits);
}
