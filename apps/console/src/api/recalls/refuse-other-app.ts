import { RecallError } from '@chat-recall/shared/errors';

/** @throws RecallError `invalid_request` for a selector that names another app than is served here */
export function refuseOtherApp({ sdkAppId }: { readonly sdkAppId?: number | undefined }, appId: number): void {
  if (sdkAppId === undefined || sdkAppId === appId) return;
  const message = `must be ${appId}, the app that is served here`;
  throw new RecallError('invalid_request', `selector.sdkAppId ${message}`, [{ path: 'selector.sdkAppId', message }]);
}
