import { readdirSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import type { Pool } from '@chat-recall/shared/db';
import type { System } from '../parts/system.ts';
import type { Asker } from './asker.ts';

/** A look at what is still open, ms. */
const everyMs = 500;
/** How often what is open is told, ms. */
const tellEveryMs = 10_000;
/** Of what is open, so many are told. */
const told = 4;

/**
 * Waits until nothing is left to do: every process ready, the spool empty, every recall ended and nothing of a
 * cancelled one in anybody's hand. Nothing is helped along but what a person would do: a recall that the platform's
 * refusal paused is let go on.
 *
 * @returns what was still open when the time was up; empty: nothing
 */
export async function drain(
  parts: { readonly system: System; readonly asker: Asker; readonly pool: Pool },
  withinSeconds: number,
  say: (text: string) => void,
): Promise<readonly string[]> {
  const giveUpAt = performance.now() + withinSeconds * 1_000;
  let tellAt = performance.now() + tellEveryMs;
  for (;;) {
    await parts.asker.resumePaused();
    const open = await openThings(parts).catch((error: unknown) => [String(error)]);
    if (open.length === 0 || performance.now() > giveUpAt) return open;
    if (performance.now() > tellAt) {
      say(
        `  still open: ${open.slice(0, told).join('; ')}${open.length > told ? ` and ${open.length - told} more` : ''}`,
      );
      tellAt += tellEveryMs;
    }
    await pause(everyMs);
  }
}

async function openThings({
  system,
  asker,
  pool,
}: {
  readonly system: System;
  readonly asker: Asker;
  readonly pool: Pool;
}): Promise<string[]> {
  const open = (await Promise.all(system.parts.map(notReady))).flatMap((problem) => problem ?? []);
  const spooled = readdirSync(system.spoolFolder).filter((name) => name.endsWith('.ndjson'));
  if (spooled.length > 0) open.push(`${spooled.length} files in the spool`);
  const { rows: recalls } = await pool.query<{ reason: string; state: string }>(
    `select reason, state from recalls where finished_at is null order by created_at`,
  );
  const known = new Set(asker.asked.map(({ planned }) => `chaos ${planned.name}`));
  for (const { reason, state } of recalls) if (known.has(reason)) open.push(`${reason} is ${state}`);
  const { rows: batches } = await pool.query<{ reason: string; n: number }>(
    `select reason, count(*)::int as n from batches b join recalls r on r.id = b.recall_id
      where b.state <> 'done' and r.finished_at is not null group by 1`,
  );
  for (const { reason, n } of batches) open.push(`${n} batches of ${reason}, which has ended`);
  return open;
}

async function notReady({ name, healthUrl }: System['parts'][number]): Promise<string | null> {
  try {
    const answer = await fetch(`${healthUrl}/readyz`, { signal: AbortSignal.timeout(4_000) });
    return answer.ok ? null : `${name}: ${await answer.text()}`;
  } catch (error) {
    return `${name}: ${String(error)}`;
  }
}
