import { readFileSync } from 'node:fs';
import { run } from './run.ts';
import { createTerminal } from './terminal.ts';

// Whoever reads our output may have enough, as `head` has.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit();
  throw error;
});

const { NO_COLOR: noColour = '' } = process.env;
const { version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as {
  version: string;
};

process.exitCode = await run({
  args: process.argv.slice(2),
  environment: process.env,
  terminal: createTerminal(process, noColour === ''),
  version,
  now: () => new Date(),
});
