import { lstatSync, readFileSync, symlinkSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';

/**
 * npm packages cannot hold symbolic links; the binaries' package restores its own in a post-install
 * script, which does not run when install scripts are off. Without them `initdb` finds no libicuuc.so.60.
 *
 * @param root folder of the package, or of a copy: `native/` stands in it
 * @returns whether every link is there now; false when the folder may not be written
 */
export function restoreLinks(root: string): boolean {
  let whole = true;
  for (const { source, target } of listedLinks(root)) {
    const link = join(root, target);
    // Relative, so that the folder can be copied and moved.
    const to = relative(dirname(target), source);
    if (lstatSync(link, { throwIfNoEntry: false }) !== undefined) continue;
    try {
      symlinkSync(to, link);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') whole = false;
    }
  }
  return whole;
}

function listedLinks(root: string): readonly { source: string; target: string }[] {
  try {
    return JSON.parse(readFileSync(join(root, 'native', 'pg-symlinks.json'), 'utf8')) as {
      source: string;
      target: string;
    }[];
  } catch (error) {
    // Not every platform's package has links.
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
}
