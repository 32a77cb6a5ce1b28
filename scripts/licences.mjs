// Writes docs/licences.md: what every package from outside is licensed under, from package-lock.json. With --check it
// writes nothing and fails when the list is stale. It always fails for a licence that is not allowed below.
import { readFileSync, writeFileSync } from 'node:fs';

const root = new URL('../', import.meta.url);
const file = new URL('docs/licences.md', root);
const read = (path) => JSON.parse(readFileSync(new URL(path, root), 'utf8'));

/** May be in what is run or handed on: nothing is asked for but that the notice is kept. */
const allowed = new Set([
  '0BSD',
  'Apache-2.0',
  'BlueOak-1.0.0',
  'BSD-2-Clause',
  'BSD-3-Clause',
  'CC0-1.0',
  'ISC',
  'MIT',
  'PostgreSQL',
  'Unlicense',
]);
/** Also allowed for what is used to build and test, and handed on to nobody. */
const allowedForDevelopment = new Set([...allowed, 'CC-BY-4.0', 'MPL-2.0', 'PSF-2.0', 'Python-2.0']);
/** Packages with these are not named one by one where they are for development. */
const common = new Set(['MIT', 'ISC', 'Apache-2.0', 'BSD-3-Clause']);
/** Of the web console: in the files that browsers get, although npm has them as development dependencies. */
const notBundled = /^(?:@types\/|@vitejs\/|vite$|@chat-recall\/)/u;

const packages = read('package-lock.json').packages;
const entries = Object.entries(packages).filter(([place, entry]) => place.includes('node_modules/') && !entry.link);
const nameOf = (place) => place.split('node_modules/').at(-1);
const bundled = withDependencies(
  Object.keys(read('apps/console/ui/package.json').devDependencies).filter((name) => !notBundled.test(name)),
);

const rows = new Map();
const faults = [];
for (const [place, entry] of entries) {
  const name = nameOf(place);
  const licence = entry.license ?? licenceOfOwner(name);
  const shipped = entry.dev !== true || bundled.has(name);
  if (!mayUse(licence, shipped ? allowed : allowedForDevelopment))
    faults.push(`${name} ${entry.version}: ${licence ?? 'says none'}${shipped ? '' : ' (for development)'}`);
  rows.set(`${name} ${entry.version}`, { name, version: entry.version, licence, shipped });
}

const text = document(
  [...rows.values()].sort((a, b) => (`${a.name} ${a.version}` < `${b.name} ${b.version}` ? -1 : 1)),
);
if (faults.length > 0) {
  console.error(
    `licences that are not allowed (scripts/licences.mjs):\n${faults.map((fault) => `  ${fault}`).join('\n')}`,
  );
  process.exitCode = 1;
} else if (!process.argv.includes('--check')) {
  writeFileSync(file, text);
} else if (readFileSync(file, 'utf8') !== text) {
  console.error('docs/licences.md is stale: node scripts/licences.mjs');
  process.exitCode = 1;
}

/** Binaries for another platform say nothing in the lock: they are of the package that names them. */
function licenceOfOwner(name) {
  return entries.find(([, { optionalDependencies = {} }]) => name in optionalDependencies)?.[1].license;
}

/** SPDX expressions without exceptions: OR needs one, AND needs all. */
function mayUse(licence, among) {
  if (licence === undefined) return false;
  const parts = licence.replaceAll(/^\(|\)$/gu, '');
  if (parts.includes(' OR ')) return parts.split(' OR ').some((part) => among.has(part));
  return parts.split(' AND ').every((part) => among.has(part));
}

function withDependencies(names) {
  const found = new Set();
  const open = [...names];
  for (let name = open.pop(); name !== undefined; name = open.pop()) {
    if (found.has(name)) continue;
    found.add(name);
    for (const [place, { dependencies = {} }] of entries)
      if (nameOf(place) === name) open.push(...Object.keys(dependencies));
  }
  return found;
}

function document(all) {
  const shipped = all.filter((row) => row.shipped);
  const others = all.filter((row) => !row.shipped);
  const lines = [
    '# Licences',
    '',
    'What the packages from outside are licensed under. Written by `node scripts/licences.mjs` from `package-lock.json`;',
    '`npm run verify` fails while it is stale, or when a package has a licence that the script does not allow.',
    '`npm run -s sbom` prints a bill of materials (CycloneDX).',
    '',
    '## Run, or sent to browsers',
    '',
    ...table(shipped),
    '',
    '## For building and testing',
    '',
    ...summary(others),
  ];
  return `${lines.join('\n')}\n`;
}

function table(some) {
  return aligned([
    ['package', 'version', 'licence'],
    ...some.map((row) => [`\`${row.name}\``, row.version, row.licence]),
  ]);
}

function summary(some) {
  const sorted = [...byLicence(some)].sort(([a, ofA], [b, ofB]) => ofB.length - ofA.length || (a < b ? -1 : 1));
  return aligned([
    ['licence', 'packages', 'which, unless it is one of the common'],
    ...sorted.map(([licence, these]) => [
      licence,
      String(these.length),
      common.has(licence) ? '' : these.map(({ name }) => `\`${name}\``).join(', '),
    ]),
  ]);
}

function byLicence(some) {
  const groups = new Map();
  for (const row of some) groups.set(row.licence, [...(groups.get(row.licence) ?? []), row]);
  return groups;
}

/** As the formatter writes tables. */
function aligned(cells) {
  const widths = cells[0].map((_, column) => Math.max(3, ...cells.map((row) => row[column].length)));
  const line = (row) => `| ${row.map((cell, column) => cell.padEnd(widths[column])).join(' | ')} |`;
  return [line(cells[0]), `| ${widths.map((width) => '-'.repeat(width)).join(' | ')} |`, ...cells.slice(1).map(line)];
}
