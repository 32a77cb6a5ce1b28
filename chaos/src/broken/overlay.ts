import { cpSync, lstatSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { repository } from '@chat-recall/local';
import type { BrokenBuild } from './build.ts';

/** What the product's processes consist of. */
const workspaces = ['apps/webhook', 'apps/worker', 'apps/console', 'packages/shared'];

/**
 * Makes a copy of what was built, with pieces of it replaced; what it depends on is linked to.
 *
 * @param folder gets the copy
 * @throws Error when a piece is not there, or several times: the code has changed, and the patch must follow
 */
export function makeOverlay(build: BrokenBuild, folder: string, top = repository): void {
  for (const workspace of workspaces) copyWorkspace(join(top, workspace), join(folder, workspace));
  link(join(top, 'migrations'), join(folder, 'migrations'));
  linkModules(join(top, 'node_modules'), join(folder, 'node_modules'));
  const ours = join(folder, 'node_modules', '@chat-recall');
  mkdirSync(ours);
  for (const workspace of workspaces) link(join(folder, workspace), join(ours, basename(workspace)));
  for (const { file, find, replace } of build.patches) {
    const path = join(folder, file);
    const text = readFileSync(path, 'utf8');
    const times = text.split(find).length - 1;
    if (times !== 1) {
      throw new Error(`${build.name}: ${file} has the piece ${times} times that is to be replaced:\n${find}`);
    }
    writeFileSync(
      path,
      text.replace(find, () => replace),
    );
  }
}

function copyWorkspace(from: string, to: string): void {
  mkdirSync(to, { recursive: true });
  cpSync(join(from, 'package.json'), join(to, 'package.json'));
  cpSync(join(from, 'dist'), join(to, 'dist'), { recursive: true });
  for (const name of ['node_modules', 'ui']) {
    if (lstatSync(join(from, name), { throwIfNoEntry: false }) !== undefined) link(join(from, name), join(to, name));
  }
}

function linkModules(from: string, to: string): void {
  mkdirSync(to, { recursive: true });
  for (const name of readdirSync(from)) {
    if (name !== '@chat-recall') link(join(from, name), join(to, name));
  }
}

function link(target: string, path: string): void {
  mkdirSync(dirname(path), { recursive: true });
  symlinkSync(target, path);
}
