import type { AuditEntry } from '@chat-recall/shared/audit';
import { z } from 'zod';
import { component } from '../../openapi/components.ts';

const entrySchema = component(
  z.object({
    id: z.int().min(1),
    at: z.iso.datetime(),
    actor: z.string().describe('Name of the token; `queue` and `system` act by themselves'),
    person: z.string(),
    role: z.string(),
    via: z.string().describe('`api`, `browser`, `queue`, `queue-ui` or `system`'),
    address: z.string().describe('Empty: not known'),
    action: z.string().describe('Such as `recall.create`, `messages.read`, `token.revoke`'),
    recallId: z.uuid().nullable(),
    details: z
      .record(z.string(), z.unknown())
      .describe('What was asked; message senders by pseudonym, and no message text'),
    hash: z.string().describe('Hex of the hash over this row and the hash before it'),
  }) satisfies z.ZodType<AuditEntry>,
  { id: 'AuditEntry', description: 'Something that was done.' },
);

export const auditPageSchema = component(
  z.object({
    items: z.array(entrySchema),
    nextCursor: z.string().nullable().describe('For the next page; null: this is the last one'),
  }),
  { id: 'AuditPage', description: 'What was done, the newest first.' },
);

export const verificationSchema = component(
  z.object({
    rows: z.int().min(0),
    firstBroken: z.int().nullable().describe('Id of the first row that does not fit the chain; null: it is whole'),
  }),
  { id: 'AuditVerification', description: 'Whether the chain of hashes holds.' },
);
