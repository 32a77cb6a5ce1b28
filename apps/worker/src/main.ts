import { runProcess } from '@chat-recall/shared/lifecycle';
import { createLog } from '@chat-recall/shared/log';
import { readWorkerConfig } from './config.ts';
import { startWorker } from './worker.ts';

await runProcess(async () => {
  const { config, warnings } = readWorkerConfig(process.env);
  const log = createLog('worker', config.LOG_LEVEL);
  for (const warning of warnings) log.warn(warning);
  const worker = await startWorker(config, log);
  return { log, stop: () => worker.stop() };
});
