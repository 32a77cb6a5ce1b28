import { executeRecall } from '@chat-recall/shared/recalls';
import { action } from './action.ts';

export const execute = action({
  name: 'execute',
  summary: 'Carry out a frozen plan',
  description: 'Exactly the plan is called, nothing that came later. From `planned`.',
  role: 'moderator',
  act: (db, { id }) => executeRecall(db, id),
});
