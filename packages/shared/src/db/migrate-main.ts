import { parseArgs } from 'node:util';
import { readConfig } from '../config/index.ts';
import { ConfigError, messageOf } from '../errors/index.ts';
import { defaultQueueSchema, ensureQueueSchema } from '../queue/index.ts';
import { migrate } from './migrate.ts';
import { grantQueues, grantRoles, hasRoles } from './roles.ts';

const taken = [
  'DATABASE_URL',
  'DATABASE_RECEIVER_PASSWORD',
  'DATABASE_WORKER_PASSWORD',
  'DATABASE_CONSOLE_PASSWORD',
  'REDIS_URL',
  'QUEUE_PREFIX',
] as const;
const say = (line: string): unknown => process.stdout.write(`${line}\n`);

try {
  const { values } = parseArgs({ options: { roles: { type: 'boolean', default: false } } });
  const { config } = readConfig(process.env, taken, ['DATABASE_URL']);
  const databaseUrl = String(config.DATABASE_URL);
  const { applied } = await migrate({ databaseUrl, log: say });
  say(applied.length === 0 ? 'nothing to do' : `done: ${applied.length} applied`);
  if (values.roles || (await hasRoles(databaseUrl))) {
    await grantRoles({
      databaseUrl,
      passwords: {
        receiver: config.DATABASE_RECEIVER_PASSWORD,
        worker: config.DATABASE_WORKER_PASSWORD,
        console: config.DATABASE_CONSOLE_PASSWORD,
      },
    });
    if (config.REDIS_URL === undefined) {
      const schema = config.QUEUE_PREFIX ?? defaultQueueSchema;
      await ensureQueueSchema(databaseUrl, schema);
      await grantQueues(databaseUrl, schema);
    }
    say('roles: granted');
  }
} catch (error) {
  const lines = error instanceof ConfigError ? error.problems : [messageOf(error)];
  process.stderr.write(`${lines.join('\n')}\n`);
  process.exitCode = error instanceof ConfigError ? 78 : 1;
}
