import { eraseMentions, eraseOwnMessages } from './erase-messages.ts';
import { eraseNotes, eraseQuarantine, protectReplacement } from './erase-notes.ts';
import { eraseEvidence, eraseFindings, eraseInMarks, eraseInOutcomes, eraseInRecalls } from './erase-recalls.ts';
import type { Step } from './step.ts';

/**
 * What an erasure does, in this order. A number of a step is stored: a later version that adds one makes
 * erasures under way do some of it again, which does no harm. `jobs` is the queue's, `statistics` what the
 * database's planner remembers of columns.
 */
export const steps: readonly (Step | 'jobs' | 'statistics')[] = [
  protectReplacement,
  eraseOwnMessages,
  eraseMentions,
  eraseInRecalls,
  eraseInOutcomes(false),
  eraseEvidence(false),
  eraseFindings,
  eraseInMarks,
  eraseQuarantine,
  eraseNotes,
  'jobs',
  // What came while it ran.
  eraseOwnMessages,
  eraseInRecalls,
  eraseInOutcomes(true),
  eraseEvidence(true),
  'statistics',
];

/** Tables whose statistics hold frequent senders and texts. */
export const analyzed = [
  'messages',
  'outcomes',
  'evidence',
  'recalls',
  'plan_findings',
  'recall_marks',
  'quarantine',
] as const;
