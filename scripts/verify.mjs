// Everything that can be judged from the sources alone, in parallel: no database, no build.
import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));

const checks = {
  format: ['oxfmt', '--check'],
  lint: ['oxlint'],
  types: ['tsc', '-p', 'tsconfig.json', '--noEmit'],
  'types of the web console': ['tsc', '-p', 'apps/console/ui/tsconfig.json'],
  boundaries: ['turbo', 'boundaries'],
  licences: ['node', 'scripts/licences.mjs', '--check'],
};
const howToMend = { format: 'npm run format', licences: 'node scripts/licences.mjs' };

const results = await Promise.all(Object.entries(checks).map(([name, command]) => run(name, command)));
for (const { name, ok, output } of results) if (!ok) process.stdout.write(`\n── ${name} ──\n${output.trim()}\n`);
process.stdout.write('\n');
for (const { name, ok, seconds } of results) {
  const mend = ok ? undefined : howToMend[name];
  process.stdout.write(`${ok ? 'ok    ' : 'FAILED'}  ${name} (${seconds} s)${mend === undefined ? '' : `: ${mend}`}\n`);
}
process.exitCode = results.every(({ ok }) => ok) ? 0 : 1;

function run(name, [program, ...options]) {
  const began = performance.now();
  return new Promise((resolve) => {
    const child = spawn(program === 'node' ? process.execPath : `${root}node_modules/.bin/${program}`, options, {
      cwd: root,
      stdio: ['ignore', 'pipe', 'pipe'],
      // With CI set oxlint colours its output whatever NO_COLOR says.
      env: {
        ...process.env,
        CI: undefined,
        NO_COLOR: '1',
        TURBO_TELEMETRY_DISABLED: '1',
        TURBO_NO_UPDATE_NOTIFIER: '1',
      },
    });
    const chunks = [];
    const end = (ok, more = '') => {
      const seconds = ((performance.now() - began) / 1000).toFixed(1);
      resolve({ name, ok, seconds, output: Buffer.concat(chunks).toString('utf8') + more });
    };
    child.stdout.on('data', (chunk) => chunks.push(chunk));
    child.stderr.on('data', (chunk) => chunks.push(chunk));
    child.on('error', (error) => end(false, `cannot start ${program}: ${error.message}. Run: npm ci`));
    child.on('close', (code) => end(code === 0));
  });
}
