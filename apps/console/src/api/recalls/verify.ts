import { requestVerification } from '@chat-recall/shared/recalls';
import { z } from 'zod';
import { requestComponent } from '../../openapi/components.ts';
import { action } from './action.ts';

const verifyBody = requestComponent(
  z
    .strictObject({ all: z.boolean().default(false).describe('Also what the recall callback has confirmed') })
    .optional(),
  { id: 'VerifyRequest', description: 'What history is asked about.' },
);

export const verify = action({
  name: 'verify',
  summary: 'Have history asked whether what was recalled is gone',
  description:
    'What no callback confirmed, or all of it, 20 sequences a call at most. What history shows as recalled is verified; what it shows as still there, although its recall was answered, becomes `failed` and can be retried. `proof` tells how far it is.',
  role: 'moderator',
  body: verifyBody,
  act: (db, { id }, _principal, _parts, body) => requestVerification(db, id, body?.all === true),
});
