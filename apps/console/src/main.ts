import { runProcess } from '@chat-recall/shared/lifecycle';
import { createLog } from '@chat-recall/shared/log';
import { readConsoleConfig } from './config.ts';
import { startConsole } from './console.ts';

await runProcess(async () => {
  const { config, warnings } = readConsoleConfig(process.env);
  const log = createLog('console', config.LOG_LEVEL);
  for (const warning of warnings) log.warn(warning);
  const console = await startConsole(config, log);
  return { log, stop: () => console.stop() };
});
