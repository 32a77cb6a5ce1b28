import { judgeIndexText, type Config } from '@chat-recall/shared/config';

/** The variables that the receiver reads. */
export const settings = [
  'DATABASE_URL',
  'DATABASE_POOL_SIZE',
  'TENCENT_SDK_APP_ID',
  'WEBHOOK_HOST',
  'WEBHOOK_PORT',
  'WEBHOOK_PATH',
  'WEBHOOK_TOKEN',
  'WEBHOOK_ALLOW_UNSIGNED',
  'WEBHOOK_KEEP_RAW',
  'INDEX_TEXT',
  'INDEX_TEXT_KEY',
  'METRICS_HOST',
  'METRICS_PORT',
  'LOG_LEVEL',
] as const;

type Settings = Config<(typeof settings)[number]>;

/** The tokens of a comma-separated list. */
export function tokensOf({ WEBHOOK_TOKEN: list }: Pick<Settings, 'WEBHOOK_TOKEN'>): readonly string[] {
  return (list ?? '')
    .split(',')
    .map((token) => token.trim())
    .filter((token) => token !== '');
}

/** Settings that do not go together. */
export function judgeSettings(config: Settings): readonly string[] {
  const problems = judgeIndexText(config);
  if (tokensOf(config).length > 0 || config.WEBHOOK_ALLOW_UNSIGNED) return problems;
  return [...problems, 'WEBHOOK_TOKEN: must be set, unless WEBHOOK_ALLOW_UNSIGNED=true'];
}
