import { RecallError } from '@chat-recall/shared/errors';
import { action } from './action.ts';

export const approve = action({
  name: 'approve',
  summary: 'Approve a recall that awaits it',
  description: 'From `awaiting_approval`. No recall is in that state so far, so this is a conflict.',
  role: 'approver',
  async act(_db, { state }) {
    throw new RecallError('conflict', `cannot approve a recall that is ${state}; it must be awaiting_approval`);
  },
});
