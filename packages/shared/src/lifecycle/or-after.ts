/**
 * What the promise comes to, or what `otherwise` gives when that takes longer than `ms`. The promise goes on
 * unwatched then: that it fails later is nobody's error.
 */
export async function orAfter<T, U>(promise: Promise<T>, ms: number, otherwise: () => U): Promise<T | U> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, ms);
  }).then(otherwise);
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}
