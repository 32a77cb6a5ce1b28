import { appendAudit, verifyAudit } from '@chat-recall/shared/audit';
import { actorOf } from '../../auth/roles.ts';
import { json } from '../../http/answer.ts';
import { route } from '../../http/route.ts';
import { verificationSchema } from './schemas.ts';

export const verify = route({
  method: 'post',
  path: '/api/v1/audit/verify',
  id: 'verifyAudit',
  summary: 'Walk the whole chain of the audit',
  description: 'The verification itself is written into the audit, afterwards.',
  role: 'approver',
  responses: { 200: { description: 'What was found.', content: { 'application/json': verificationSchema } } },
  problems: ['query_timeout'],
  async handle({ principal }, { db, reads }) {
    const found = await verifyAudit(reads);
    await appendAudit(db, actorOf(principal), { action: 'audit.verify', details: found });
    return json(found);
  },
});
