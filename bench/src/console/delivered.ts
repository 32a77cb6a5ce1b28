import type { OpenConsole } from './open-console.ts';

/** Kilobytes (1,024 bytes) of JavaScript, as sent, that come before the first rows of the first page. */
export async function deliveredScript(desk: OpenConsole): Promise<number> {
  const page = await desk.newPage('');
  let bytes = 0;
  page.on('response', (response) => {
    if (response.url().endsWith('.js')) bytes += Number(response.headers()['content-length'] ?? NaN);
  });
  await page.goto(desk.url);
  await page.locator('[data-index="0"]').waitFor();
  await page.close();
  return bytes / 1_024;
}
