import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { makeOverlay } from '../src/broken/overlay.ts';

let folder: string;
let top: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'chaos-overlay-'));
  top = join(folder, 'top');
  for (const workspace of ['apps/webhook', 'apps/worker', 'apps/console', 'packages/shared']) {
    mkdirSync(join(top, workspace, 'dist'), { recursive: true });
    writeFileSync(join(top, workspace, 'package.json'), '{}');
    writeFileSync(join(top, workspace, 'dist/main.js'), 'const a = 1;\nconst b = 2;\n');
  }
  mkdirSync(join(top, 'migrations'));
  mkdirSync(join(top, 'node_modules'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function broken(find: string) {
  return {
    name: 'test',
    breaks: 'x',
    noticedBy: [],
    patches: [{ file: 'apps/worker/dist/main.js', find, replace: 'const $& = 3;' }],
  };
}

describe('a copy of the build that is broken on purpose', () => {
  it('has the piece replaced, as it is written, and the original has not', () => {
    makeOverlay(broken('const a = 1;'), join(folder, 'copy'), top);
    expect(readFileSync(join(folder, 'copy/apps/worker/dist/main.js'), 'utf8')).toBe('const $& = 3;\nconst b = 2;\n');
    expect(readFileSync(join(top, 'apps/worker/dist/main.js'), 'utf8')).toBe('const a = 1;\nconst b = 2;\n');
  });

  it.each([
    ['const c = 1;', '0 times'],
    ['const ', '2 times'],
  ])('is refused loudly when the piece is not there once: %s', (find, times) => {
    expect(() => makeOverlay(broken(find), join(folder, 'copy'), top)).toThrow(times);
  });
});
