import type { BrokenBuild } from './build.ts';

export const noFencing: BrokenBuild = {
  name: 'no-fencing',
  breaks: 'a worker that lost its lease writes nothing',
  noticedBy: ['counts are those of the rows', 'outcomes agree with the ledger', 'every recall ended by itself'],
  patches: [
    {
      file: 'packages/shared/dist/recalls/finish-attempt.js',
      find: "and b.fence = ${key.fence} and b.state::text = 'running'",
      replace: 'and ${key.fence}::int is not null',
    },
  ],
};
