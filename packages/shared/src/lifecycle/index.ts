export { createDisposals, type Disposals } from './disposals.ts';
export { startLoop, type Loop } from './loop.ts';
export { orAfter } from './or-after.ts';
export { runProcess, type Running } from './run-process.ts';
