import { CompiledQuery } from 'kysely';
import type { Db, Pool } from '../db/index.ts';

/** What owns a sequence: a group, or one topic of it. Ids must be clean (see `cleanText`). */
export interface ConversationKey {
  readonly appId: number;
  readonly groupId: string;
  /** '': the group itself. */
  readonly topicId: string;
  /** The callback's `Type`; '': not told. */
  readonly groupType: string;
}

/** Conversations by key, remembered. */
export interface Conversations {
  /** The `conversation_id` of each key, in order; those not known yet are made. */
  idsOf(keys: readonly ConversationKey[]): Promise<number[]>;
}

/** Runs a statement, on a pool or within a transaction of Kysely's. */
type Run = (text: string, values: unknown[]) => Promise<{ rows: unknown[] }>;

interface Known {
  readonly id: number;
  readonly typed: boolean;
}

/** Longer keys are looked up each time, so that the memory used is bounded by the number of keys. */
const longestRemembered = 1_000;

/**
 * Conversations with a memory of at least `capacity` / 2 and at most `capacity` keys: two generations,
 * of which the older one is forgotten whenever the younger one is full.
 */
export function createConversations(pool: Pool, capacity = 100_000): Conversations {
  const run: Run = (text, values) => pool.query({ text, values });
  let young = new Map<string, Known>();
  let old = new Map<string, Known>();

  function remember(name: string, known: Known): void {
    if (name.length > longestRemembered) return;
    if (young.size >= capacity / 2) {
      old = young;
      young = new Map();
    }
    young.set(name, known);
  }
  function recall(name: string): Known | undefined {
    const known = young.get(name);
    if (known !== undefined) return known;
    const aged = old.get(name);
    if (aged !== undefined) remember(name, aged);
    return aged;
  }

  return {
    async idsOf(keys) {
      const names = keys.map(nameOf);
      const ids = names.map((name, at) => {
        const known = recall(name);
        return known === undefined || lacksType(known, keys[at]?.groupType) ? undefined : known.id;
      });
      const missing = keys.filter((_key, at) => ids[at] === undefined);
      if (missing.length === 0) return ids as number[];
      const found = await intern(run, missing);
      for (const [name, known] of found) remember(name, known);
      return names.map((name, at) => ids[at] ?? idIn(found, name));
    },
  };
}

/**
 * The `conversation_id` of each key, in order; those not known yet are made, and a type that was not
 * known is filled in. Commits by itself unless `db` is a transaction.
 */
export async function internConversations(db: Db, keys: readonly ConversationKey[]): Promise<number[]> {
  const run: Run = (text, values) => db.executeQuery(CompiledQuery.raw(text, values));
  const found = await intern(run, keys);
  return keys.map((key) => idIn(found, nameOf(key)));
}

async function intern(run: Run, keys: readonly ConversationKey[]): Promise<Map<string, Known>> {
  const wanted = new Map<string, ConversationKey>();
  for (const key of keys) {
    const name = nameOf(key);
    if (key.groupType !== '' || !wanted.has(name)) wanted.set(name, key);
  }
  // Reading first: all are there after a restart, and inserting would use up numbers for nothing.
  const found = await find(run, wanted);
  const open = new Map(
    [...wanted].filter(([name, key]) => {
      const known = found.get(name);
      return known === undefined || lacksType(known, key.groupType);
    }),
  );
  if (open.size === 0) return found;
  // In the order of the key, so that two processes that make the same ones wait and do not deadlock.
  await run(
    `insert into conversations (app_id, group_id, topic_id, group_type)
     select * from unnest($1::bigint[], $2::text[], $3::text[], $4::text[]) order by 1, 2, 3
     on conflict (app_id, group_id, topic_id) do update set group_type = excluded.group_type
      where conversations.group_type = '' and excluded.group_type <> ''`,
    [...columns(open), [...open.values()].map(({ groupType }) => groupType)],
  );
  return new Map([...found, ...(await find(run, open))]);
}

async function find(run: Run, wanted: ReadonlyMap<string, ConversationKey>): Promise<Map<string, Known>> {
  const names = [...wanted.keys()];
  if (names.length === 0) return new Map();
  const { rows } = await run(
    `select k.at::integer as at, c.conversation_id as id, c.group_type <> '' as typed
       from unnest($1::bigint[], $2::text[], $3::text[]) with ordinality as k (app_id, group_id, topic_id, at)
       join conversations c using (app_id, group_id, topic_id)`,
    columns(wanted),
  );
  const found = rows as { at: number; id: number; typed: boolean }[];
  return new Map(found.map(({ at, id, typed }) => [String(names[at - 1]), { id, typed }]));
}

function columns(wanted: ReadonlyMap<string, ConversationKey>): unknown[] {
  const keys = [...wanted.values()];
  return [keys.map(({ appId }) => appId), keys.map(({ groupId }) => groupId), keys.map(({ topicId }) => topicId)];
}

/** Injective, since clean ids hold no U+0000. */
function nameOf({ appId, groupId, topicId }: ConversationKey): string {
  return `${appId}\0${groupId}\0${topicId}`;
}

function lacksType(known: Known, groupType: string | undefined): boolean {
  return !known.typed && groupType !== undefined && groupType !== '';
}

function idIn(found: ReadonlyMap<string, Known>, name: string): number {
  const known = found.get(name);
  if (known === undefined) throw new Error('a conversation was neither found nor made');
  return known.id;
}
