import { answerBeforeCommit } from './answer-before-commit.ts';
import type { BrokenBuild } from './build.ts';
import { gatePerProcess } from './gate-per-process.ts';
import { noFencing } from './no-fencing.ts';
import { noRecordBeforeCall } from './no-record-before-call.ts';

export type { BrokenBuild } from './build.ts';

export const brokenBuilds: Readonly<Record<string, BrokenBuild>> = Object.fromEntries(
  [answerBeforeCommit, noFencing, gatePerProcess, noRecordBeforeCall].map((build) => [build.name, build]),
);
