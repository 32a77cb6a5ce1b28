import type { OpenConsole } from './open-console.ts';

/** Pixels a frame: at 60 frames a second 18,000 a second, as a hard pull at the wheel. */
const pixels = 300;

export interface Scrolled {
  /** Reached by scrolling. */
  readonly rows: number;
  /** Of each frame, ms. */
  readonly frames: readonly number[];
  /** Most rows that stood in the document at once. */
  readonly domRows: number;
}

/** Scrolls until so many rows have been loaded and passed, a step in every frame. */
export async function scrollThrough(desk: OpenConsole, path: string, rows: number): Promise<Scrolled> {
  const page = await desk.newPage('');
  await page.goto(desk.url + path);
  await page.locator('[data-index="0"]').waitFor();
  const scrolled = await page.evaluate<Scrolled>(`new Promise((resolve) => {
    const frames = [];
    let domRows = 0;
    let before = performance.now();
    const step = (now) => {
      frames.push(now - before);
      before = now;
      const shown = document.querySelectorAll('[data-index]');
      domRows = Math.max(domRows, shown.length);
      const last = Number(shown[shown.length - 1]?.dataset.index ?? 0);
      if (last + 1 >= ${rows}) return resolve({ rows: last + 1, frames: frames.slice(1), domRows });
      scrollBy(0, ${pixels});
      requestAnimationFrame(step);
    };
    requestAnimationFrame(step);
  })`);
  await page.close();
  return scrolled;
}
