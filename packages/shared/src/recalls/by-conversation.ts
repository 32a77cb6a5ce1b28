/** Rows that come ordered by conversation, a list for each. */
export function byConversation<T extends { readonly conversation_id: number }>(rows: readonly T[]): T[][] {
  const groups = new Map<number, T[]>();
  for (const row of rows) {
    const group = groups.get(row.conversation_id);
    if (group === undefined) groups.set(row.conversation_id, [row]);
    else group.push(row);
  }
  return [...groups.values()];
}
