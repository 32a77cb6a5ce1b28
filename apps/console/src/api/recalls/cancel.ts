import { cancelRecall } from '@chat-recall/shared/recalls';
import { action } from './action.ts';
import { emptyBody } from './schemas.ts';

export const cancel = action({
  name: 'cancel',
  summary: 'End a recall',
  description: 'What was not called becomes `cancelled`; what was recalled stays so. From any state but an end.',
  role: 'moderator',
  body: emptyBody,
  act: (db, { id }) => cancelRecall(db, id),
});
