import type { BrokenBuild } from './build.ts';

export const answerBeforeCommit: BrokenBuild = {
  name: 'answer-before-commit',
  breaks: 'a callback is answered OK once it is durable',
  noticedBy: ['answered callbacks are stored'],
  patches: [
    {
      file: 'apps/webhook/dist/callback-handler.js',
      find: 'const fate = await batcher.add({ content, appId, command, receivedAt, raw }, { rows, bytes: raw.length });',
      replace: `void batcher.add({ content, appId, command, receivedAt, raw }, { rows, bytes: raw.length });
        const fate = 'stored';`,
    },
  ],
};
