// Adds to package-lock.json the platform packages (binaries for other systems) that the registry did not
// offer when the lock was written. npm leaves those out, and the `npm ci` of npm 11 then refuses the lock
// as out of step with package.json. An entry without a checksum is enough: it is installed on that
// platform alone. Run after `npm install`; a test tells when it was forgotten.
import { readFileSync, writeFileSync } from 'node:fs';

const file = new URL('../package-lock.json', import.meta.url);
const lock = JSON.parse(readFileSync(file, 'utf8'));

const systems = { darwin: 'darwin', win32: 'win32', windows: 'win32', linux: 'linux', android: 'android' };
const others = { freebsd: 'freebsd', netbsd: 'netbsd', openbsd: 'openbsd', sunos: 'sunos', openharmony: 'openharmony' };
const processors = { 64: 'x64', x64: 'x64', arm64: 'arm64', arm: 'arm', ia32: 'ia32', ppc64: 'ppc64', s390x: 's390x' };
const more = { riscv64: 'riscv64', loong64: 'loong64', mips64el: 'mips64el', wasm32: 'wasm32' };
const libraries = { gnu: 'glibc', glibc: 'glibc', gnueabihf: 'glibc', musl: 'musl', musleabihf: 'musl' };

const added = [];
for (const owner of Object.values(lock.packages)) {
  for (const [name, version] of Object.entries(owner.optionalDependencies ?? {})) {
    const place = `node_modules/${name}`;
    if (Object.keys(lock.packages).some((path) => path === place || path.endsWith(`/${place}`))) continue;
    const { cpu, libc, os } = platformOf(name);
    lock.packages[place] = {
      version: version.replace(/^[\^~]/u, ''),
      ...(cpu && { cpu: [cpu] }),
      ...(owner.dev === true && { dev: true }),
      ...(libc && { libc: [libc] }),
      optional: true,
      ...(os && { os: [os] }),
    };
    added.push(`${name}@${version}`);
  }
}
lock.packages = Object.fromEntries(Object.entries(lock.packages).sort(([a], [b]) => a.localeCompare(b, 'en')));
if (added.length > 0) writeFileSync(file, `${JSON.stringify(lock, null, 2)}\n`);
console.log(`${added.length} platform packages added`);

/** The conditions that such a package states itself, read from its name. */
function platformOf(name) {
  const words = name.split('/').at(-1).split('-');
  const find = (table) => words.map((word) => table[word]).find((word) => word !== undefined);
  const os = find({ ...systems, ...others });
  const cpu = find({ ...processors, ...more });
  const libc = find(libraries);
  if (os === undefined && cpu === undefined) throw new Error(`${name}: its platform cannot be told from its name`);
  return { cpu, os, libc: os === 'linux' ? libc : undefined };
}
