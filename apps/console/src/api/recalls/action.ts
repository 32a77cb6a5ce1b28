import type { Db } from '@chat-recall/shared/db';
import { getRecall, type Recall } from '@chat-recall/shared/recalls';
import type { Role } from '../../auth/roles.ts';
import { json } from '../../http/answer.ts';
import { route, type Route } from '../../http/route.ts';
import type { ConsoleParts } from '../../parts.ts';
import { emptyBody, recallParams, recallSchema } from './schemas.ts';

/** One action on a recall: a path of its own, answered with the recall as it then is. */
export function action(definition: {
  readonly name: string;
  readonly summary: string;
  readonly description: string;
  readonly role: Role;
  /** @throws RecallError `conflict` when the recall is in a state that does not allow it */
  readonly act: (db: Db, recall: Recall) => Promise<void>;
  readonly afterwards?: (parts: ConsoleParts, recall: Recall) => Promise<void>;
}): Route {
  const { name, summary, description, role, act, afterwards } = definition;
  return route({
    method: 'post',
    path: `/api/v1/recalls/{id}/${name}`,
    id: `${name}Recall`,
    summary,
    description,
    role,
    params: recallParams,
    body: emptyBody,
    responses: { 200: { description: 'The recall as it is now.', content: { 'application/json': recallSchema } } },
    problems: ['conflict'],
    async handle({ params }, parts) {
      const { appId, db } = parts;
      await act(db, await getRecall(db, appId, params.id));
      const recall = await getRecall(db, appId, params.id);
      await afterwards?.(parts, recall);
      return json(recall);
    },
  });
}
