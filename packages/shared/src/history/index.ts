export { checkTails, type TailParts } from './check-tails.ts';
export { fillGaps, type Filled, type HistoryParts } from './fill-gaps.ts';
export { windowsOf } from './gaps.ts';
export { isLive } from './live.ts';
export { lookUp, type LookedUp } from './look-up.ts';
export { noteGone, type GoneGroup } from './note-gone.ts';
export { callsPerPage, pullPage, type Place, type Pulled } from './pull-page.ts';
export { countIn, parseMultirange, rangesOf, toMultirange, type Range } from './ranges.ts';
export { registerMessages, type RegisteredMessage } from './register.ts';
export { createSeen, noteSeen, type Seen, type SeenSequence } from './seen.ts';
export { storeTold } from './store-told.ts';
export {
  listCoverage,
  summarizeCoverage,
  summarizeGroup,
  type ConversationCoverage,
  type CoveragePosition,
  type CoverageSummary,
} from './read-coverage.ts';
export {
  cancelBackfill,
  createBackfill,
  fileDays,
  pauseBackfill,
  resumeBackfill,
  type BackfillKind,
  type BackfillState,
  type NewBackfill,
} from './backfill-control.ts';
export { claimListing, listParts, releaseListing, renewListing, type Listing } from './backfill-listing.ts';
export type { BackfillNote } from './backfill-notes.ts';
export { claimParts, endIfDone, renewParts, type BackfillPart } from './backfill-parts.ts';
export { createBackfillRates } from './backfill-rates.ts';
export { getBackfill, listBackfills, type Backfill, type BackfillDetails, type FailedPart } from './backfill-read.ts';
export type { BackfillWork, PacedGate } from './backfill-work.ts';
export { createPartRunner, type RunPart } from './run-backfill-part.ts';
export { readSilence, silentAfterMinutes, type Silence } from './silence.ts';
