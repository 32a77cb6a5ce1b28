import type { Page } from 'playwright-core';
import type { OpenConsole } from './open-console.ts';

/** A search as a person makes it, and the address that it has. */
export interface SearchToMeasure {
  readonly query: Readonly<Record<string, string>>;
  fillIn(page: Page): Promise<void>;
}

/** Milliseconds. */
export interface Waited {
  /** From the press of Search until the first rows are painted. */
  readonly pressed: number;
  /** Of it, from the request to the last byte of its answer. */
  readonly answer: number;
  /** From the opening of the search's address in a new page until the first rows are painted. */
  readonly opened: number;
}

/**
 * Code of the page: its types are not those of Node. Rows that were there before the press do not
 * count, and those that do count when the frame after them begins, since they are painted then.
 */
const clocks = `
  const rowsPainted = (since, known) => new Promise((resolve) => {
    const look = () => {
      const row = document.querySelector('[data-index="0"]');
      if (row === null || known.has(row)) requestAnimationFrame(look);
      else requestAnimationFrame(() => resolve(performance.now() - since));
    };
    requestAnimationFrame(look);
  });
  globalThis.opened = rowsPainted(0, new Set());
  addEventListener('submit', () => {
    performance.clearResourceTimings();
    globalThis.pressed = rowsPainted(performance.now(), new Set(document.querySelectorAll('[data-index]')));
  }, true);`;

const answerTime = `(() => {
  const asked = performance.getEntriesByType('resource').find(({ name }) => name.includes('/api/v1/messages'));
  return asked === undefined ? NaN : asked.responseEnd - asked.requestStart;
})()`;

/** Measures one search both ways, each in a new page. */
export async function waitForRows(desk: OpenConsole, search: SearchToMeasure): Promise<Waited> {
  const page = await desk.newPage(clocks);
  try {
    await page.goto(`${desk.url}/`);
    await page.evaluate('opened');
    await search.fillIn(page);
    await page.getByRole('search').getByRole('button', { name: 'Search' }).click();
    const pressed = await page.evaluate<number>('pressed');
    const answer = await page.evaluate<number>(answerTime);
    await page.goto(`${desk.url}/?${new URLSearchParams(search.query)}`);
    return { pressed, answer, opened: await page.evaluate<number>('opened') };
  } finally {
    await page.close();
  }
}
