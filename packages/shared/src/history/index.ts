export { checkTails, type TailParts } from './check-tails.ts';
export { fillGaps, type Filled, type HistoryParts } from './fill-gaps.ts';
export { windowsOf } from './gaps.ts';
export { isLive } from './live.ts';
export { lookUp, type LookedUp } from './look-up.ts';
export { noteGone, type GoneGroup } from './note-gone.ts';
export { callsPerPage, pullPage, type Place, type Pulled } from './pull-page.ts';
export { countIn, parseMultirange, rangesOf, toMultirange, type Range } from './ranges.ts';
export { createSeen, type Seen } from './seen.ts';
export { storeTold } from './store-told.ts';
export {
  listCoverage,
  summarizeCoverage,
  type ConversationCoverage,
  type CoveragePosition,
  type CoverageSummary,
} from './read-coverage.ts';
