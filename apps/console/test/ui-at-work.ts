import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { createStandIn, type StandIn } from '@chat-recall/simulator';
import { spawnProcess, type Browser as Found } from '@chat-recall/testkit';
import { chromium, type Browser, type BrowserContext, type Page } from 'playwright-core';
import { appId, startAtWork, token, type AtWork } from './console-at-work.ts';

const worker = fileURLToPath(new URL('../../worker/dist/main.js', import.meta.url));
const axeSource = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const secretKey = '0f1e2d3c4b5a69788796a5b4c3d2e1f00f1e2d3c4b5a69788796a5b4c3d2e1f0';
/** Code of the page: its types are not those of Node. */
const tellViolations = `document.addEventListener('securitypolicyviolation', (event) =>
  tellViolation(event.violatedDirective + ' ' + event.blockedURI + ' ' + event.sourceFile));`;
const desktop = { width: 1280, height: 900 };

export interface Wrote {
  readonly groupId: string;
  readonly from: string;
  readonly text: string;
  readonly msgTime?: number;
}

/** What a page must not do: scripts that fail, policies broken, strangers asked. */
export type Told = string[];

export interface Opened {
  readonly context: BrowserContext;
  readonly page: Page;
  readonly told: Told;
}

/** The console with a worker, the stand-in and Chromium. */
export interface UiAtWork {
  readonly at: AtWork;
  readonly standIn: StandIn;
  /** Writes in the stand-in's groups, and puts it into the index. */
  write(messages: readonly Wrote[]): Promise<void>;
  /** A browser of its own, logged in unless `secret` is null. */
  open(options?: {
    secret?: string | null;
    language?: 'en' | 'zh';
    viewport?: { width: number; height: number };
  }): Promise<Opened>;
  stop(): Promise<void>;
}

/**
 * @param environment further variables of the worker
 * @param consoleEnvironment further variables of the console
 */
export async function startUi(
  found: Found,
  environment: Readonly<Record<string, string>> = {},
  consoleEnvironment: Readonly<Record<string, string>> = {},
): Promise<UiAtWork> {
  const at = await startAtWork(consoleEnvironment);
  const standIn = await createStandIn({ sdkAppId: appId, secretKey });
  const working = await spawnProcess({
    script: worker,
    env: {
      PATH: process.env['PATH'] ?? '',
      DATABASE_URL: at.databaseUrl,
      TENCENT_SDK_APP_ID: String(appId),
      TENCENT_SECRET_KEY: secretKey,
      TENCENT_API_URL: standIn.url,
      WORKER_PORT: '0',
      ...environment,
    },
  });
  await working.waitForLog((line) => line['msg'] === 'ready');
  const browser = await launch(found);
  return {
    at,
    standIn,
    async write(messages) {
      const sent = messages.map(({ groupId, from, text, msgTime }) => {
        standIn.addGroup({ groupId, type: 'Public' });
        const { msgSeq, msgTime: time } = standIn.send({
          groupId,
          from,
          text,
          ...(msgTime === undefined ? {} : { msgTime }),
        });
        return { groupId, sender: from, text, msgSeq, msgTime: time * 1_000 };
      });
      await at.say(sent);
    },
    async open({ secret = token, language = 'en', viewport = desktop } = {}) {
      const context = await browser.newContext({
        viewport,
        locale: language === 'zh' ? 'zh-CN' : 'en-GB',
        // What is half faded in cannot be read, nor its contrast judged.
        reducedMotion: 'reduce',
      });
      if (secret !== null) {
        const answer = await context.request.post(`${at.url}/api/v1/session`, { data: { token: secret } });
        if (!answer.ok()) throw new Error(`not logged in: ${await answer.text()}`);
      }
      const told: Told = [];
      await context.exposeBinding('tellViolation', (_source, what: string) => {
        told.push(`policy: ${what}`);
      });
      await context.addInitScript({ content: tellViolations });
      const page = await context.newPage();
      listen(page, at.url, told);
      return { context, page, told };
    },
    async stop() {
      await browser.close();
      await working.stop();
      await standIn.close();
      await at.stop();
    },
  };
}

function launch({ executable }: Found): Promise<Browser> {
  return chromium.launch({
    executablePath: executable,
    args: [
      '--headless',
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  });
}

function listen(page: Page, origin: string, told: Told): void {
  page.on('pageerror', (error) => told.push(`script: ${error.message}`));
  page.on('dialog', (dialog) => {
    told.push(`dialog: ${dialog.message()}`);
    void dialog.dismiss();
  });
  page.on('request', (request) => {
    const url = request.url();
    if (!url.startsWith(origin) && !url.startsWith('blob:') && !url.startsWith('data:')) told.push(`stranger: ${url}`);
  });
  page.on('console', (message) => {
    // Chromium says so of every answer of 4xx; what they mean is for the tests.
    const text = message.text();
    if (message.type() === 'error' && !text.startsWith('Failed to load resource')) {
      told.push(`console: ${text}`);
    }
  });
}

/** What axe finds that is serious or worse, in words. The frame of the queue UI is not ours. */
export async function seriousFaults(page: Page): Promise<string[]> {
  // By the debugger, which the page's policy does not stop.
  await page.evaluate(axeSource);
  const { violations } = await page.evaluate<AxeResults>(
    "axe.run({ exclude: ['iframe'] }, { resultTypes: ['violations'] })",
  );
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .flatMap(({ id, nodes }) =>
      nodes.map(({ html, failureSummary }) => `${id}: ${html.slice(0, 300)} ${failureSummary}`),
    );
}

interface AxeResults {
  readonly violations: readonly {
    readonly id: string;
    readonly impact: string;
    readonly nodes: readonly { readonly html: string; readonly failureSummary: string }[];
  }[];
}
