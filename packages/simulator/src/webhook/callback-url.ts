import { createHash } from 'node:crypto';

export interface CallbackUrlParts {
  /** Scheme, host and path, no query: the platform allows none (intl 34520). */
  readonly url: string;
  readonly sdkAppId: number;
  readonly command: string;
  /** Absent: unsigned. */
  readonly token?: string | undefined;
  /** Unix seconds. */
  readonly requestTime: number;
  /** Default 127.0.0.1. */
  readonly clientIp?: string | undefined;
  /** Default `RESTAPI`; others are `Web`, `Android`, `iOS`, `Windows`, `Mac`, `iPad`, `Unknown`. */
  readonly optPlatform?: string | undefined;
}

/** Where a callback is posted to (intl 34375): mind the case of `SdkAppid`. */
export function callbackUrl(parts: CallbackUrlParts): string {
  const query = new URLSearchParams({
    SdkAppid: String(parts.sdkAppId),
    CallbackCommand: parts.command,
    contenttype: 'json',
    ClientIP: parts.clientIp ?? '127.0.0.1',
    OptPlatform: parts.optPlatform ?? 'RESTAPI',
    ...(parts.token !== undefined && {
      Sign: callbackSign(parts.token, parts.requestTime),
      RequestTime: String(parts.requestTime),
    }),
  });
  return `${parts.url}?${query}`;
}

/** hex(sha256(token + RequestTime)) (cn 32431): covers neither the body nor the other parameters. */
export function callbackSign(token: string, requestTime: number): string {
  return createHash('sha256').update(`${token}${requestTime}`).digest('hex');
}
