import {
  judgeApps,
  judgeIndexText,
  judgeQueuePrefix,
  readConfig,
  someApp,
  type Config,
  type Environment,
} from '@chat-recall/shared/config';
import { judgeOidc, oidcVariables } from './oidc/settings.ts';

/** What the console reads from its environment. */
export const configured = [
  'DATABASE_URL',
  'DATABASE_POOL_SIZE',
  'REDIS_URL',
  'QUEUE_PREFIX',
  'TENCENT_SDK_APP_ID',
  'TENCENT_APPS',
  'TENCENT_CALLS_PER_SECOND',
  'TENCENT_ROAMING_DAYS',
  'RECALL_APPROVAL_ABOVE',
  'INDEX_TEXT',
  'INDEX_TEXT_KEY',
  'CONSOLE_HOST',
  'CONSOLE_PORT',
  'CONSOLE_ADMIN_TOKEN',
  ...oidcVariables,
  'LOG_LEVEL',
] as const;

/** Without the token nobody could get in. */
const required = ['DATABASE_URL', 'CONSOLE_ADMIN_TOKEN'] as const;

type Configured = (typeof configured)[number];
type Required = (typeof required)[number];

export type ConsoleConfig = Omit<Config<Configured>, Required> & {
  readonly [N in Required]: NonNullable<Config<Configured>[N]>;
};

/** @throws ConfigError with every problem */
export function readConsoleConfig(env: Environment): { config: ConsoleConfig; warnings: readonly string[] } {
  const { config, warnings } = readConfig(env, configured, [...required, someApp], (given) => [
    ...judgeApps(given),
    ...judgeQueuePrefix(given),
    ...judgeIndexText(given),
    ...judgeOidc(given),
  ]);
  return { config: config as ConsoleConfig, warnings };
}
