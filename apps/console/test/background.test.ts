import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { describeInBrowser, eventually } from '@chat-recall/testkit';
import { startUi, type UiAtWork } from './ui-at-work.ts';

describeInBrowser('what a page asks by itself', (found) => {
  let ui: UiAtWork;
  beforeAll(async () => {
    ui = await startUi(found);
  });
  afterAll(() => ui.stop());

  test('says so a minute after its person last touched it, and no longer once they come back', async () => {
    const { page, context } = await ui.open();
    await page.clock.install();
    const asked: (string | undefined)[] = [];
    page.on('request', (request) => {
      if (request.url().endsWith('/api/v1/health')) asked.push(request.headers()['x-background']);
    });
    const next = async (): Promise<string | undefined> => {
      const before = asked.length;
      // The page asks every five seconds.
      await page.clock.runFor(6_000);
      await eventually(() => asked.length > before);
      return asked.at(-1);
    };
    await page.goto(`${ui.at.url}/health`);
    await eventually(() => asked.length > 0);
    expect(asked).toEqual(asked.map(() => undefined));
    expect(await next()).toBeUndefined();
    await page.clock.fastForward(61_000);
    expect(await next()).toBe('1');
    await page.mouse.move(200, 200);
    expect(await next()).toBeUndefined();
    await context.close();
  });
});
