import { resumeRecall } from '@chat-recall/shared/recalls';
import { action } from './action.ts';
import { emptyBody } from './schemas.ts';

export const resume = action({
  name: 'resume',
  summary: 'Go on with a paused recall',
  description: 'Also after the platform stopped it, once the cause is mended. From `paused`.',
  role: 'moderator',
  body: emptyBody,
  act: (db, { id }) => resumeRecall(db, id),
});
