import { parseArgs } from 'node:util';
import { findProgram } from '@chat-recall/testkit';
import { brokenBuilds, type BrokenBuild } from './broken/builds.ts';
import type { Queue } from './plan/faults.ts';

export interface Options {
  readonly seeds: readonly number[];
  readonly minutes: number;
  readonly queue: Queue;
  /** null: as the seed has it. */
  readonly callsPerSecond: number | null;
  readonly drainSeconds: number;
  readonly broken: BrokenBuild | null;
  /** Only print what would be done. */
  readonly scheduleOnly: boolean;
}

export const usage = `npm run chaos -- [--seed N | --seeds A..B] [--minutes M] [--queue redis|postgres]

  --seed N       what is done when; default 1
  --seeds A..B   several runs, one after another, a line for each
  --minutes M    how long faults are injected; default 1
  --queue Q      where BullMQ keeps its queues; default redis where there is a redis-server, else postgres
  --rate N       recall calls a second that the workers may make; default 180 of every third seed, else 100
  --drain S      seconds that the system gets to come to rest afterwards; default 300
  --broken NAME  breaks a copy of the build first, and fails unless it is noticed:
                 ${Object.keys(brokenBuilds).join(', ')}
  --schedule     only print what would be done
`;

/** @throws Error in words */
export function readOptions(args: readonly string[]): Options | null {
  const { values } = parseArgs({
    args: [...args],
    options: {
      seed: { type: 'string' },
      seeds: { type: 'string' },
      minutes: { type: 'string', default: '1' },
      queue: { type: 'string' },
      rate: { type: 'string' },
      drain: { type: 'string', default: '300' },
      broken: { type: 'string' },
      schedule: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) return null;
  const queue = values.queue ?? (findProgram('redis-server') === undefined ? 'postgres' : 'redis');
  if (queue !== 'redis' && queue !== 'postgres') throw new Error('--queue: redis or postgres');
  return {
    seeds: seedsOf(values.seed, values.seeds),
    minutes: numberOf('--minutes', values.minutes, 0.2, 600),
    queue,
    callsPerSecond: values.rate === undefined ? null : numberOf('--rate', values.rate, 1, 190),
    drainSeconds: numberOf('--drain', values.drain, 10, 3_600),
    broken: values.broken === undefined ? null : brokenOf(values.broken),
    scheduleOnly: values.schedule,
  };
}

function seedsOf(one: string | undefined, several: string | undefined): number[] {
  if (several === undefined) return [numberOf('--seed', one ?? '1', 0, 2 ** 32 - 1)];
  const [from, to] = several.split('..').map((text) => numberOf('--seeds', text, 0, 2 ** 32 - 1));
  if (one !== undefined || from === undefined || to === undefined || to < from) throw new Error('--seeds: A..B');
  return Array.from({ length: to - from + 1 }, (_, at) => from + at);
}

function numberOf(name: string, text: string, from: number, to: number): number {
  const value = Number(text);
  if (text === '' || !(value >= from && value <= to)) throw new Error(`${name}: a number from ${from} to ${to}`);
  return value;
}

function brokenOf(name: string): BrokenBuild {
  const build = Object.hasOwn(brokenBuilds, name) ? brokenBuilds[name] : undefined;
  if (build === undefined) throw new Error(`--broken: one of ${Object.keys(brokenBuilds).join(', ')}`);
  return build;
}
