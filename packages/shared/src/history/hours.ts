const hourMs = 3_600_000;
const beijingMs = 8 * hourMs;

/** The hour of a moment, as `get_history` names it: `YYYYMMDDHH`, Beijing time (intl 34885). */
export function hourOf(ms: number): string {
  return new Date(ms + beijingMs).toISOString().replace(/\D/gu, '').slice(0, 10);
}

/** Unix ms at which such an hour ends. */
export function endOfHour(hour: string): number {
  const [year, month, day, clock] = [hour.slice(0, 4), hour.slice(4, 6), hour.slice(6, 8), hour.slice(8, 10)].map(
    Number,
  );
  return Date.UTC(year ?? 0, (month ?? 1) - 1, day, clock) - beijingMs + hourMs;
}

/** Every hour that has a moment of the span in it, ascending. */
export function hoursBetween(fromMs: number, toMs: number): string[] {
  const first = Math.floor(fromMs / hourMs) * hourMs;
  const hours: string[] = [];
  for (let at = first; at <= toMs; at += hourMs) hours.push(hourOf(at));
  return hours;
}
