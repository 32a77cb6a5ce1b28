import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';

/** Where the build of the web console puts its files, from `src` and from `dist` alike. */
const folder = fileURLToPath(new URL('../../ui/dist/', import.meta.url));

const types: Readonly<Record<string, string>> = {
  css: 'text/css; charset=utf-8',
  js: 'text/javascript; charset=utf-8',
  svg: 'image/svg+xml',
};

/** A file of the web console, held in memory in both forms: there are few, and all are small. */
export interface UiFile {
  readonly type: string;
  readonly plain: Buffer;
  readonly gzipped: Buffer;
}

/** The built web console. */
export interface BuiltUi {
  /** `index.html`, with `__CSP_NONCE__` where the nonce of an answer belongs. */
  readonly page: string;
  /** By path: `/assets/…`, named by their content, and `/favicon.svg`. */
  readonly files: ReadonlyMap<string, UiFile>;
}

/** null: it has not been built. */
export function readBuiltUi(from = folder): BuiltUi | null {
  try {
    const page = readFileSync(`${from}index.html`, 'utf8');
    const names = ['favicon.svg', ...readdirSync(`${from}assets`).map((name) => `assets/${name}`)];
    const files = names.flatMap((name): [string, UiFile][] => {
      const type = types[name.slice(name.lastIndexOf('.') + 1)];
      if (type === undefined) return [];
      const plain = readFileSync(from + name);
      return [[`/${name}`, { type, plain, gzipped: gzipSync(plain) }]];
    });
    return { page, files: new Map(files) };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
}
