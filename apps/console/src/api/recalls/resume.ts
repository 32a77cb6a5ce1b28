import { resumeRecall } from '@chat-recall/shared/recalls';
import { action } from './action.ts';

export const resume = action({
  name: 'resume',
  summary: 'Go on with a paused recall',
  description: 'Also after the platform stopped it, once the cause is mended. From `paused`.',
  role: 'moderator',
  act: (db, { id }) => resumeRecall(db, id),
});
