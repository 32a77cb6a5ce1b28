import { randomBytes } from 'node:crypto';
import { startSystem } from '@chat-recall/local';
import { findProgram } from '@chat-recall/testkit';
import { chromium, type BrowserContext, type Page } from 'playwright-core';
import type { BenchContext } from '../bench.ts';

export interface OpenConsole {
  readonly url: string;
  /** A page of a session that is logged in, and with it the clocks of `inPage`. */
  newPage(inPage: string): Promise<Page>;
}

/** The console as a process of its own, and Chromium, logged in as admin. */
export async function openConsole(
  databaseUrl: string,
  sdkAppId: number,
  { onEnd, log }: BenchContext,
): Promise<OpenConsole> {
  const executablePath = findProgram('chromium', 'chromium-browser', 'google-chrome');
  if (executablePath === undefined) throw new Error('no Chromium: install chromium or google-chrome');
  const adminToken = randomBytes(24).toString('hex');
  const system = await startSystem({
    databaseUrl,
    sdkAppId,
    secretKey: randomBytes(32).toString('hex'),
    // Nothing is called.
    apiUrl: 'http://127.0.0.1:9',
    webhookToken: randomBytes(16).toString('hex'),
    adminToken,
    receivers: 0,
    workers: 0,
    onLine: log,
  });
  onEnd('console', () => system.stop());
  const browser = await chromium.launch({
    executablePath,
    args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking'],
  });
  onEnd('browser', () => browser.close());
  const { url } = system.console;
  const context = await loggedIn(await browser.newContext({ viewport: { width: 1280, height: 900 } }), url, adminToken);
  return {
    url,
    async newPage(inPage) {
      const page = await context.newPage();
      await page.addInitScript({ content: inPage });
      return page;
    },
  };
}

async function loggedIn(context: BrowserContext, url: string, token: string): Promise<BrowserContext> {
  const answer = await context.request.post(`${url}/api/v1/session`, { data: { token } });
  if (!answer.ok()) throw new Error(`not logged in: ${await answer.text()}`);
  return context;
}
