import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import type { Pool } from '@chat-recall/shared/db';
import type { RedisServer } from '../parts/redis.ts';
import type { Checked, Violation } from './check.ts';

/** A place in which no secret may be. */
interface Text {
  readonly where: string;
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
  readonly violations: readonly Violation[];
}

export function createSecretFinder(secrets: Secrets): SecretFinder {
  const found = new Map<string, Violation>();
  let bytes = 0;
  return {
    look({ where, text }) {
      bytes += text.length;
      for (const [name, find] of Object.entries(secrets)) {
        const value = find(text);
        const key = `${name} in ${where}`;
        if (value === undefined || found.has(key)) continue;
        const at = text.indexOf(value);
        const around = text.slice(Math.max(0, at - 200), at + value.length + 50).replaceAll('\n', ' ');
        found.set(key, { at: null, what: `${key}: …${around}…` });
      }
    },
    get bytes() {
      return bytes;
    },
    get violations() {
      return [...found.values()];
    },
  };
}

/** Everything that the queues hold now. */
export async function lookIntoQueues(finder: SecretFinder, pool: Pool, redis: RedisServer | null): Promise<void> {
  if (redis !== null) {
    for (const { key, text } of await redis.dump())
      finder.look({ where: `Redis ${key.replaceAll(/[0-9a-f-]{20,}/gu, '…')}`, text });
    return;
  }
  const { rows: tables } = await pool.query<{ name: string }>(
    `select format('%I.%I', schemaname, tablename) as name from pg_tables where schemaname = 'bullmq'`,
  );
  for (const { name } of tables) {
    const { rows } = await pool.query<{ text: string }>(`select t::text as text from ${name} t`);
    finder.look({ where: `table ${name}`, text: rows.map(({ text }) => text).join('\n') });
  }
}

export async function lookIntoMetrics(finder: SecretFinder, urls: ReadonlyMap<string, string>): Promise<void> {
  for (const [name, url] of urls) {
    const answer = await fetch(`${url}/metrics`, { signal: AbortSignal.timeout(4_000) }).catch(() => null);
    if (answer?.ok === true) finder.look({ where: `metrics of ${name}`, text: await answer.text() });
  }
}

/** Line by line: logs of a long run are large. */
export async function lookIntoLog(finder: SecretFinder, name: string, file: string): Promise<void> {
  let block: string[] = [];
  const look = (): void => {
    finder.look({ where: `log of ${name}`, text: block.join('\n') });
    block = [];
  };
  for await (const line of createInterface({ input: createReadStream(file) })) {
    block.push(line);
    if (block.length === 1_000) look();
  }
  look();
}

export function checkSecrets({ bytes, violations }: SecretFinder): Checked {
  const looked = `${(bytes / 1e6).toFixed(1)} MB of logs, jobs, metrics`;
  return { title: 'no text or secret told', looked, violations };
}
