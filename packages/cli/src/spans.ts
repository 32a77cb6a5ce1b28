/** Seconds as people read them: `45 s`, `3 min 20 s`, `2 h 5 min`, `3 d 4 h`. */
export function span(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds));
  if (whole < 60) return `${whole} s`;
  if (whole < 3_600) return joined(Math.floor(whole / 60), 'min', whole % 60, 's');
  if (whole < 86_400) return joined(Math.floor(whole / 3_600), 'h', Math.floor((whole % 3_600) / 60), 'min');
  return joined(Math.floor(whole / 86_400), 'd', Math.floor((whole % 86_400) / 3_600), 'h');
}

function joined(large: number, largeUnit: string, small: number, smallUnit: string): string {
  return small === 0 ? `${large} ${largeUnit}` : `${large} ${largeUnit} ${small} ${smallUnit}`;
}

/** `2026-11-21 08:15:00Z` */
export function moment(time: string | null): string {
  return time === null ? '' : time.replace('T', ' ').replace(/\.\d+Z$/u, 'Z');
}
