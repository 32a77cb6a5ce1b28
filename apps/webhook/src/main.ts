import { readConfig } from '@chat-recall/shared/config';
import { runProcess } from '@chat-recall/shared/lifecycle';
import { createLog } from '@chat-recall/shared/log';
import { createReceiver } from './receiver.ts';
import { judgeSettings, settings, tokensOf } from './settings.ts';

await runProcess(async () => {
  const { config, warnings } = readConfig(process.env, settings, ['DATABASE_URL', 'TENCENT_SDK_APP_ID'], judgeSettings);
  const log = createLog('webhook', config.LOG_LEVEL);
  for (const warning of warnings) log.warn({ warning }, 'configuration');
  if (tokensOf(config).length === 0) log.warn({}, 'callbacks are accepted without a signature');
  return createReceiver({ config, log });
});
