import { approveRecall } from '@chat-recall/shared/recalls';
import { action } from './action.ts';
import { refuseDrift } from './refuse-drift.ts';
import { confirmSchema } from './schemas.ts';

export const approve = action({
  name: 'approve',
  summary: 'Approve a recall that awaits it',
  description:
    'The frozen plan runs as it was shown. Whoever asked for it, or let it run, cannot approve it, nor can another token of the same person. From `awaiting_approval`.',
  role: 'approver',
  body: confirmSchema,
  problems: ['plan_drift'],
  beforehand: (parts, recall, body) => refuseDrift(parts, recall, 'awaiting_approval', body?.confirmDrift === true),
  act: (db, { id }, { name, person }) => approveRecall(db, id, { name, person }),
});
