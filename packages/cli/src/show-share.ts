/** A share as people read it, rounded down: `100 %` is said of the whole alone. */
export function showShare(share: number): string {
  if (share >= 1) return '100 %';
  const percent = share * 100;
  // Near the whole, what is missing is in the last digits.
  const digits = percent >= 99.9 ? 4 : percent >= 10 ? 1 : 2;
  const cut = Math.floor(Number((percent * 10 ** digits).toFixed(3))) / 10 ** digits;
  return `${cut} %`;
}
