import { readConfig } from './config.ts';
import { createStandIn } from './stand-in.ts';
import { createTraffic } from './traffic.ts';

const exitConfig = 78;

const read = readConfig(process.env);
for (const warning of read.warnings) console.error(warning);
if ('problems' in read) {
  for (const problem of read.problems) console.error(problem);
  process.exit(exitConfig);
}

const { sdkAppId, secretKey, host, port, webhookUrl, webhookToken, adminToken, trafficPerSecond } = read.config;
const standIn = await createStandIn({
  sdkAppId,
  secretKey,
  host,
  port,
  adminToken,
  ...(webhookUrl && { webhook: { url: webhookUrl, token: webhookToken } }),
});
const tag = Math.floor(Date.now() / 1_000)
  .toString(36)
  .toUpperCase();
const traffic = createTraffic(standIn, { perSecond: trafficPerSecond, tag });
if (trafficPerSecond > 0) traffic.start();
console.log(`stand-in of Tencent Cloud Chat on ${standIn.url} (app ${sdkAppId})`);

const stop = (): void => {
  traffic.stop();
  void standIn.close();
};
process.once('SIGTERM', stop);
process.once('SIGINT', stop);
