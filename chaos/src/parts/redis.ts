import { startRedis, type PrivateRedis } from '@chat-recall/testkit';
import { Redis } from 'ioredis';
import { steadyPort } from './steady-port.ts';

/** A Redis that keeps nothing. */
export interface RedisServer {
  readonly port: number;
  flush(): Promise<void>;
  break(): Promise<void>;
  mend(): Promise<void>;
  /** Everything in it, key by key, as text. */
  dump(): Promise<{ readonly key: string; readonly text: string }[]>;
  stop(): Promise<void>;
}

export async function startRedisServer(): Promise<RedisServer> {
  const port = await steadyPort();
  let server: PrivateRedis = await startRedis({ port });
  async function use<T>(work: (redis: Redis) => Promise<T>): Promise<T> {
    const redis = new Redis({ port, host: '127.0.0.1', lazyConnect: true, retryStrategy: () => null });
    redis.on('error', () => {});
    try {
      await redis.connect();
      return await work(redis);
    } finally {
      redis.disconnect();
    }
  }
  return {
    port,
    flush: () => use(async (redis) => void (await redis.flushall())),
    break: () => server.stop(),
    async mend() {
      server = await startRedis({ port });
    },
    dump: () =>
      use(async (redis) => {
        const keys = await redis.keys('*');
        return Promise.all(keys.map(async (key) => ({ key, text: await textOf(redis, key) })));
      }),
    stop: () => server.stop(),
  };
}

async function textOf(redis: Redis, key: string): Promise<string> {
  switch (await redis.type(key)) {
    case 'hash':
      return JSON.stringify(await redis.hgetall(key));
    case 'stream':
      return JSON.stringify(await redis.xrange(key, '-', '+'));
    case 'list':
      return JSON.stringify(await redis.lrange(key, 0, -1));
    case 'zset':
      return JSON.stringify(await redis.zrange(key, '0', '-1'));
    case 'set':
      return JSON.stringify(await redis.smembers(key));
    case 'string':
      return (await redis.get(key)) ?? '';
    default:
      return '';
  }
}
