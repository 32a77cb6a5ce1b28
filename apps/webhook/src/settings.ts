import { appsOf, judgeApps, judgeIndexText, type Config } from '@chat-recall/shared/config';

/** The variables that the receiver reads. */
export const settings = [
  'DATABASE_URL',
  'DATABASE_POOL_SIZE',
  'TENCENT_SDK_APP_ID',
  'TENCENT_APPS',
  'WEBHOOK_HOST',
  'WEBHOOK_PORT',
  'WEBHOOK_PATH',
  'WEBHOOK_TOKEN',
  'WEBHOOK_ALLOW_UNSIGNED',
  'WEBHOOK_KEEP_RAW',
  'WEBHOOK_SPOOL_DIR',
  'WEBHOOK_SPOOL_MAX_MB',
  'INDEX_TEXT',
  'INDEX_TEXT_KEY',
  'METRICS_HOST',
  'METRICS_PORT',
  'LOG_LEVEL',
] as const;

type Settings = Config<(typeof settings)[number]>;

/** Settings that do not go together. */
export function judgeSettings(config: Settings): readonly string[] {
  const unsigned = config.WEBHOOK_ALLOW_UNSIGNED
    ? []
    : appsOf(config).filter(({ webhookTokens }) => webhookTokens.length === 0);
  return [
    ...judgeApps(config),
    ...judgeIndexText(config),
    ...unsigned.map(({ sdkAppId }) =>
      config.TENCENT_APPS === undefined
        ? 'WEBHOOK_TOKEN: must be set, unless WEBHOOK_ALLOW_UNSIGNED=true'
        : `TENCENT_APPS: app ${sdkAppId} needs webhookTokens, unless WEBHOOK_ALLOW_UNSIGNED=true`,
    ),
  ];
}
