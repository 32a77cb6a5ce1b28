import { pauseRecall } from '@chat-recall/shared/recalls';
import { action } from './action.ts';
import { emptyBody } from './schemas.ts';

export const pause = action({
  name: 'pause',
  summary: 'Stop calling for a while',
  description: 'No new call is made until `resume`; calls under way end and are recorded. From `running`.',
  role: 'moderator',
  body: emptyBody,
  act: (db, { id }) => pauseRecall(db, id),
});
