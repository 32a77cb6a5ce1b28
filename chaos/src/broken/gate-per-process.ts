import type { BrokenBuild } from './build.ts';

export const gatePerProcess: BrokenBuild = {
  name: 'gate-per-process',
  breaks: 'all processes together keep to one rate',
  noticedBy: ['calls in any second'],
  // Few enough that three times as many are reached on a busy machine.
  callsPerSecond: 20,
  patches: [
    {
      file: 'apps/worker/dist/serve-app.js',
      find: 'createRateGate(pool, `${appId}_group_msg_recall`, settings.callsPerSecond)',
      replace: 'createRateGate(pool, `${appId}_group_msg_recall_${process.pid}`, settings.callsPerSecond)',
    },
  ],
};
