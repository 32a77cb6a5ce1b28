import { stopFollowing } from '@chat-recall/shared/recalls';
import { action } from './action.ts';
import { emptyBody } from './schemas.ts';

export const stopFollowingRoute = action({
  name: 'stop-following',
  id: 'stopFollowing',
  summary: 'End the tail of a recall',
  description:
    'What comes from now on is not appended any more; what was appended is carried out, and the recall then ends by itself. While its `follow` has not ended.',
  role: 'moderator',
  body: emptyBody,
  act: (db, { id }) => stopFollowing(db, id),
});
