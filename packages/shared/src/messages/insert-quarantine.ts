import type { Pool } from '../db/index.ts';

/** A callback that the database refused for what is in it. */
export interface RefusedCallback {
  readonly appId: number;
  readonly command: string;
  /** The body as it came; null: texts must not be kept, and only that there was one is. */
  readonly raw: Buffer | null;
  /** Why, without any of the content. */
  readonly error: string;
}

/** Keeps a refused callback for people to look at; it is durable then, and in nobody's way. */
export async function insertQuarantine(pool: Pool, callback: RefusedCallback): Promise<void> {
  await pool.query({
    text: 'insert into quarantine (app_id, command, raw, error) values ($1, $2, $3, $4)',
    values: [callback.appId, callback.command, callback.raw ?? Buffer.alloc(0), callback.error],
  });
}
