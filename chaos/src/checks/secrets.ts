import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import type { Pool } from '@chat-recall/shared/db';
import type { RedisServer } from '../parts/redis.ts';
import type { Checked, Violation } from './check.ts';

/** Something in which no secret may be. */
interface Text {
  /** What must be looked into: the queues, the metrics or the log of a part. */
  readonly place: string;
  /** Where in it. */
  readonly detail?: string;
  readonly text: string;
}

/** What must be nowhere, by what it is: finds one in a text. */
export type Secrets = Readonly<Record<string, (text: string) => string | undefined>>;

export function oneOf(values: Iterable<string>): (text: string) => string | undefined {
  return (text) => [...values].find((value) => text.includes(value));
}

/** Of many hexadecimal ones, all of one length. */
export function oneOfHex(digits: number, values: () => Iterable<string>): (text: string) => string | undefined {
  const pattern = new RegExp(`[0-9a-f]{${digits}}`, 'gu');
  return (text) => {
    const candidates = text.match(pattern);
    if (candidates === null) return undefined;
    const known = new Set(values());
    return candidates.find((one) => known.has(one));
  };
}

/** Looks through texts as they come, and keeps only what it found. */
export interface SecretFinder {
  look(text: Text): void;
  readonly bytes: number;
  /** Places where there was anything to look at. */
  readonly places: ReadonlySet<string>;
  readonly violations: readonly Violation[];
}

export function createSecretFinder(secrets: Secrets): SecretFinder {
  const found = new Map<string, Violation>();
  const places = new Set<string>();
  let bytes = 0;
  return {
    look({ place, detail, text }) {
      bytes += text.length;
      if (text !== '') places.add(place);
      for (const [name, find] of Object.entries(secrets)) {
        const value = find(text);
        const key = `${name} in ${detail ?? place}`;
        if (value === undefined || found.has(key)) continue;
        const at = text.indexOf(value);
        const around = text.slice(Math.max(0, at - 200), at + value.length + 50).replaceAll('\n', ' ');
        found.set(key, { at: null, what: `${key}: …${around}…` });
      }
    },
    get bytes() {
      return bytes;
    },
    places,
    get violations() {
      return [...found.values()];
    },
  };
}

const queues = 'the queues';

/** What of a run is looked into while it goes on. */
export interface Insides {
  readonly pool: Pool;
  readonly redis: RedisServer | null;
  /** Where each part serves its metrics. */
  readonly metricsUrls: ReadonlyMap<string, string>;
}

/** @returns what could not be looked into, and why: while a store is away there is nothing to see */
export async function lookInside(finder: SecretFinder, insides: Insides): Promise<readonly Violation[]> {
  const looks = new Map([[queues, () => lookIntoQueues(finder, insides)]]);
  for (const [name, url] of insides.metricsUrls) looks.set(metricsOf(name), () => lookIntoMetrics(finder, name, url));
  const missed: Violation[] = [];
  for (const [place, look] of looks)
    await look().catch((error: unknown) => missed.push({ at: null, what: `${place} at the end: ${String(error)}` }));
  return missed;
}

const metricsOf = (name: string): string => `metrics of ${name}`;
const logOf = (name: string): string => `log of ${name}`;

/** Everything that the queues hold now. */
async function lookIntoQueues(finder: SecretFinder, { pool, redis }: Insides): Promise<void> {
  if (redis !== null) {
    for (const { key, text } of await redis.dump())
      finder.look({ place: queues, detail: `Redis ${key.replaceAll(/[0-9a-f-]{20,}/gu, '…')}`, text });
    return;
  }
  const { rows: tables } = await pool.query<{ name: string }>(
    `select format('%I.%I', schemaname, tablename) as name from pg_tables where schemaname = 'bullmq'`,
  );
  for (const { name } of tables) {
    const { rows } = await pool.query<{ text: string }>(`select t::text as text from ${name} t`);
    finder.look({ place: queues, detail: `table ${name}`, text: rows.map(({ text }) => text).join('\n') });
  }
}

async function lookIntoMetrics(finder: SecretFinder, name: string, url: string): Promise<void> {
  const answer = await fetch(`${url}/metrics`, { signal: AbortSignal.timeout(4_000) });
  if (!answer.ok) throw new Error(`HTTP ${answer.status}`);
  finder.look({ place: metricsOf(name), text: await answer.text() });
}

/** Line by line: logs of a long run are large. */
export async function lookIntoLog(finder: SecretFinder, name: string, file: string): Promise<void> {
  let block: string[] = [];
  const look = (): void => {
    finder.look({ place: logOf(name), text: block.join('\n') });
    block = [];
  };
  for await (const line of createInterface({ input: createReadStream(file) })) {
    block.push(line);
    if (block.length === 1_000) look();
  }
  look();
}

/**
 * Nothing was found, and everything was looked into.
 *
 * @param parts what has metrics
 * @param logs what has a log
 * @param missed of the last look, when everything is there again
 */
export function checkSecrets(
  { bytes, places, violations }: SecretFinder,
  {
    parts,
    logs,
    missed,
  }: { readonly parts: readonly string[]; readonly logs: Iterable<string>; readonly missed: readonly Violation[] },
): Checked {
  const wanted = [queues, ...parts.map(metricsOf), ...[...logs].map(logOf)];
  const unseen = wanted.filter((place) => !places.has(place));
  return {
    title: 'no text or secret told',
    looked: `${(bytes / 1e6).toFixed(1)} MB of logs, jobs, metrics`,
    violations: [
      ...violations,
      ...missed,
      ...unseen.map((place) => ({ at: null, what: `${place}: was not looked into` })),
    ],
  };
}
