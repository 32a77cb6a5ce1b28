/**
 * `npm run losses -w apps/webhook -- --kills 100 --seed 1`: kills of receiver and Postgres under load;
 * `-- --away 300 --rate 200`: Postgres away for so many seconds, at so many callbacks a second.
 * Exits 1 when a callback that was answered OK is not stored, or, without kills, one was refused.
 */
import { parseArgs } from 'node:util';
import { killAtRandom, takePostgresAway } from './run.ts';

const text = { type: 'string' } as const;
const { values } = parseArgs({ options: { kills: text, seed: text, away: text, rate: text } });
const { kills = '100', seed = '1', away, rate = '200' } = values;
const losses =
  away === undefined
    ? await killAtRandom(Number(kills), Number(seed), (told) => console.log(told))
    : await takePostgresAway(Number(away), Number(rate));
const { answered, refused, missing, seconds } = losses;
console.log(
  `${answered} answered OK, ${refused} not; ${missing.length} of those answered are missing; ${seconds.toFixed(0)} s`,
);
if (missing.length > 0) console.error(`missing: ${missing.slice(0, 100).join(' ')}`);
process.exitCode = missing.length > 0 || (away !== undefined && refused > 0) ? 1 : 0;
