import { InvalidArgumentError } from 'commander';

const unitMs: Readonly<Record<string, number>> = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000, w: 604_800_000 };

/**
 * `90m`, `24h`, `7d` in milliseconds.
 *
 * @returns null when it is no duration
 */
export function parseDuration(text: string): number | null {
  const [, count = '', unit = ''] = /^(\d{1,6})\s?([smhdw])$/u.exec(text.trim()) ?? [];
  const ms = Number(count) * (unitMs[unit] ?? 0);
  return ms > 0 ? ms : null;
}

/**
 * An ISO 8601 time with its zone, in UTC: `2026-11-21T08:00:00+08:00` is `2026-11-21T00:00:00.000Z`.
 *
 * @returns null when it is none, also for a day that its month does not have
 */
export function parseTime(text: string): string | null {
  const parts = /^(\d{4})-(\d\d)-(\d\d)T\d\d:\d\d(?::\d\d(?:\.\d{1,9})?)?(?:Z|[+-]\d\d:\d\d)$/u.exec(text.trim());
  const at = Date.parse(text.trim());
  if (parts === null || Number.isNaN(at)) return null;
  const [, year, month, day] = parts.map(Number);
  // Date.parse takes 30 February for 2 March.
  const days = new Date(Date.UTC(year ?? 0, month ?? 0, 0)).getUTCDate();
  return (day ?? 0) <= days ? new Date(at).toISOString() : null;
}

/** A parser for commander, which then names the flag. */
export function durationOption(complaint: string): (text: string) => number {
  return (text) => {
    const ms = parseDuration(text);
    if (ms === null) throw new InvalidArgumentError(complaint);
    return ms;
  };
}

export function timeOption(complaint: string): (text: string) => string {
  return (text) => {
    const time = parseTime(text);
    if (time === null) throw new InvalidArgumentError(complaint);
    return time;
  };
}

/** @param most the greatest that is accepted */
export function countOption(complaint: string, least = 1, most = Number.MAX_SAFE_INTEGER): (text: string) => number {
  return (text) => {
    const count = Number(text);
    if (!/^\d+$/u.test(text) || count < least || count > most) throw new InvalidArgumentError(complaint);
    return count;
  };
}

/** For options that may be given several times. */
export function collect(value: string, before: readonly string[] | undefined): readonly string[] {
  return [...(before ?? []), value];
}
