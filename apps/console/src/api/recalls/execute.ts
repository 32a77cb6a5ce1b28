import { executeRecall } from '@chat-recall/shared/recalls';
import { action } from './action.ts';
import { boundsOf } from './bounds.ts';
import { refuseDrift } from './refuse-drift.ts';
import { confirmSchema } from './schemas.ts';

export const execute = action({
  name: 'execute',
  summary: 'Carry out a frozen plan',
  description:
    'Exactly the plan is called, nothing that came later. A larger one than a moderator may have carried out alone waits for another person. From `planned`.',
  role: 'moderator',
  body: confirmSchema,
  problems: ['plan_drift'],
  beforehand: (parts, recall, body) => refuseDrift(parts, recall, 'planned', body?.confirmDrift === true),
  act: (db, { id }, principal, parts) => executeRecall(db, id, { name: principal.name, ...boundsOf(principal, parts) }),
});
