import type { Words } from './en.ts';
import { useWords } from './index.ts';
import { tagOf, useLanguage } from './language.ts';

export interface Format {
  number(n: number): string;
  /** In the local zone, to the second. */
  time(iso: string): string;
  duration(seconds: number): string;
  /** Rounded down: all of it is said only when it is all. */
  percent(share: number): string;
}

/** Numbers and times as the chosen language writes them. */
export function useFormat(): Format {
  const tag = tagOf(useLanguage());
  const words = useWords();
  return formatOf(tag, words);
}

const known = new Map<string, Format>();

function formatOf(tag: string, words: Words): Format {
  const there = known.get(tag);
  if (there !== undefined) return there;
  const numbers = new Intl.NumberFormat(tag, { maximumFractionDigits: 1 });
  const times = new Intl.DateTimeFormat(tag, { dateStyle: 'medium', timeStyle: 'medium', hourCycle: 'h23' });
  const format: Format = {
    number: (n) => numbers.format(n),
    time: (iso) => times.format(new Date(iso)),
    percent: (share) => `${numbers.format(Math.floor(share * 1_000 + 1e-9) / 10)} %`,
    duration: (seconds) => inUnits(seconds, numbers, words.units),
  };
  known.set(tag, format);
  return format;
}

function inUnits(seconds: number, numbers: Intl.NumberFormat, units: Words['units']): string {
  if (seconds < 120) return units.seconds(numbers.format(seconds));
  if (seconds < 7_200) return units.minutes(numbers.format(Math.round(seconds / 60)));
  if (seconds < 172_800) return units.hours(numbers.format(seconds / 3_600));
  return units.days(numbers.format(seconds / 86_400));
}
