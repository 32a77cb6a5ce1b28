export {
  getErasure,
  judgeErasure,
  listErasures,
  previewErasure,
  requestErasure,
  type Erasure,
  type Found,
} from './records.ts';
export { eraseNext, type Erased, type EraserParts } from './run.ts';
export { changedKinds, type Changed, type ChangedKind } from './step.ts';
