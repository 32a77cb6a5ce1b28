/** A page of a list. */
export interface Page<T> {
  readonly items: readonly T[];
  /** For the next page; null: this is the last one. */
  readonly nextCursor: string | null;
}

/** All items, page by page: the next page is asked for when the last one is used up. */
export async function* eachItem<T>(read: (cursor: string | undefined) => Promise<Page<T>>): AsyncGenerator<T> {
  let cursor: string | undefined;
  do {
    const { items, nextCursor }: Page<T> = await read(cursor);
    yield* items;
    cursor = nextCursor ?? undefined;
  } while (cursor !== undefined);
}
