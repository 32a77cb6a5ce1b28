import { retryRecall } from '@chat-recall/shared/recalls';
import { action } from './action.ts';
import { enqueuePromptly } from './enqueue-promptly.ts';
import { emptyBody } from './schemas.ts';

export const retry = action({
  name: 'retry',
  summary: 'Take up what failed',
  description:
    'Calls every sequence again that is `failed` or `unknown`, whatever its code; settled ones are never called again. A recall that failed while it was planned is planned again. From `running`, `paused`, `completed`, `completed_with_failures`, `failed`.',
  role: 'moderator',
  body: emptyBody,
  act: (db, { id }) => retryRecall(db, id),
  afterwards: enqueuePromptly,
});
