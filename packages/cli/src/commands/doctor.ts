import { UnreachableError } from '@chat-recall/client';
import { InvalidArgumentError, type Command } from 'commander';
import { handler, verb, type Desk, type GlobalOptions } from '../desk.ts';
import { checkConsole } from '../doctor/check-console.ts';
import { checkCredentials } from '../doctor/check-credentials.ts';
import { checkToken } from '../doctor/check-token.ts';
import { checkWebhook } from '../doctor/check-webhook.ts';
import { checkWork } from '../doctor/check-work.ts';
import { check, type Check } from '../doctor/check.ts';
import { exit, UsageError, type ExitStatus } from '../exit-status.ts';
import { readApp, readToken, readUrl } from '../settings.ts';
import { createClient, type Client } from '@chat-recall/client';

const colours = { ok: 'green', warning: 'yellow', failed: 'red', skipped: 'dim' } as const;

export function doctor(desk: Desk): Command {
  const { words } = desk;
  return verb('doctor', words.command.doctor)
    .option('--webhook <url>', words.flag.webhook, (text) => {
      if (URL.canParse(text) && /^https?:/u.test(text)) return text;
      throw new InvalidArgumentError(words.urlWrong('').replace(/^[:：]\s*/u, ''));
    })
    .action(
      handler<{ readonly webhook?: string }>(desk, async ({ options, tell }) => {
        const checks = await examine(desk, options);
        const failed = checks.some(({ state }) => state === 'failed');
        tell({ ok: !failed, checks }, () => shown(desk, checks));
        return statusOf(checks);
      }),
    );
}

async function examine(desk: Desk, options: GlobalOptions & { readonly webhook?: string }): Promise<Check[]> {
  const { words, environment, now, language } = desk;
  const url = readUrl(options.url, environment, words);
  const token = tokenOrCheck(desk, options.tokenFile);
  // Whether the console is there can be asked without a token, too.
  const sent = typeof token === 'string' ? token : 'none';
  const sdkAppId = readApp(options.app, environment, words);
  const client = createClient({ baseUrl: url, token: sent, language, sdkAppId, timeoutMs: 10_000 });
  const checks = await checkConsole(client, url, now, words);
  const reached = checks.every(({ name, state }) => name !== 'console' || state === 'ok');
  if (!reached) checks.push(check('token', 'skipped', words.doctorNotAsked));
  else checks.push(...(typeof token === 'string' ? await withToken(client, words) : [token]));
  checks.push(checkCredentials(environment, words), await checkWebhook(options.webhook, words));
  return checks;
}

async function withToken(client: Client, words: Desk['words']): Promise<Check[]> {
  try {
    const token = await checkToken(client, words);
    return token.state === 'ok' ? [token, ...(await checkWork(client, words))] : [token];
  } catch (error) {
    if (error instanceof UnreachableError) return [check('token', 'failed', error.message, words.doctorStart)];
    throw error;
  }
}

function tokenOrCheck({ environment, words }: Desk, flag: string | undefined): string | Check {
  try {
    return readToken(flag, environment, words);
  } catch (error) {
    if (error instanceof UsageError) return check('token', 'failed', error.message, null);
    throw error;
  }
}

function statusOf(checks: readonly Check[]): ExitStatus {
  const failed = checks.filter(({ state }) => state === 'failed').map(({ name }) => name);
  if (failed.includes('console')) return exit.unreachable;
  return failed.length > 0 ? exit.failures : exit.done;
}

function shown({ words, terminal }: Desk, checks: readonly Check[]): string {
  const lines = checks.flatMap(({ name, state, message, advice }) => [
    `${terminal.paint(colours[state], words.checkState[state])}  ${words.checkLine(words.check[name], message)}`,
    ...(advice === null ? [] : [`    ${advice}`]),
  ]);
  const allWell = checks.every(({ state }) => state === 'ok' || state === 'skipped');
  return [...lines, ...(allWell ? ['', words.doctorAllWell] : [])].join('\n');
}
