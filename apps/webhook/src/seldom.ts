/**
 * Lets one of many like events through in `everyMs`, with how many there have been since: senders that
 * go wrong do so thousands of times a second.
 *
 * @param tell gets the first event of a kind at once, later ones with the count of those kept back
 */
export function seldom<T>(
  everyMs: number,
  clock: () => number,
  tell: (event: T, kind: string, count: number) => void,
): (kind: string, event: T) => void {
  const kinds = new Map<string, { toldAt: number; count: number }>();
  return (kind, event) => {
    const known = kinds.get(kind) ?? { toldAt: -Infinity, count: 0 };
    kinds.set(kind, known);
    known.count += 1;
    const now = clock();
    if (now - known.toldAt < everyMs) return;
    tell(event, kind, known.count);
    known.toldAt = now;
    known.count = 0;
  };
}
