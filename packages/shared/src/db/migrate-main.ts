import { readConfig } from '../config/index.ts';
import { ConfigError, messageOf } from '../errors/index.ts';
import { migrate } from './migrate.ts';

try {
  const { config } = readConfig(process.env, ['DATABASE_URL'], ['DATABASE_URL']);
  const { applied } = await migrate({
    databaseUrl: String(config.DATABASE_URL),
    log: (line) => process.stdout.write(`${line}\n`),
  });
  process.stdout.write(applied.length === 0 ? 'nothing to do\n' : `done: ${applied.length} applied\n`);
} catch (error) {
  const lines = error instanceof ConfigError ? error.problems : [messageOf(error)];
  process.stderr.write(`${lines.join('\n')}\n`);
  process.exitCode = error instanceof ConfigError ? 78 : 1;
}
