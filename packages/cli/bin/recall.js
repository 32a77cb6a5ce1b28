#!/usr/bin/env node
// The command line is built from TypeScript; this file is what npm links, built or not.
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const main = new URL('../dist/main.js', import.meta.url);
if (existsSync(fileURLToPath(main))) {
  await import(main.href);
} else {
  process.stderr.write('recall: it is not built yet. Run `npm run build` at the top of the repository, then again.\n');
  process.exitCode = 2;
}
