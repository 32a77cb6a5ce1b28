import { appsOf, readConfig, someApp } from '@chat-recall/shared/config';
import { runProcess } from '@chat-recall/shared/lifecycle';
import { createLog } from '@chat-recall/shared/log';
import { createReceiver } from './receiver.ts';
import { judgeSettings, settings } from './settings.ts';

await runProcess(async () => {
  const { config, warnings } = readConfig(process.env, settings, ['DATABASE_URL', someApp], judgeSettings);
  const log = createLog('webhook', config.LOG_LEVEL);
  for (const warning of warnings) log.warn({ warning }, 'configuration');
  for (const { sdkAppId, webhookTokens } of appsOf(config)) {
    if (webhookTokens.length === 0) log.warn({ sdkAppId }, 'callbacks are accepted without a signature');
  }
  return createReceiver({ config, log });
});
