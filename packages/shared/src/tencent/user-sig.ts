// By its file: the package's own package.json names two different ones.
import { Api } from 'tls-sig-api-v2/TLSSigAPIv2.js';

/** Validity of a UserSig, s: the platform advises 24 h and more (70001, intl 34348). */
const validForSeconds = 2 * 86_400;

/** Signatures for one administrator, cached and renewed at half-life. */
export interface UserSigs {
  current(): string;
  /** Forgets a signature that was refused; one that has been renewed since is kept. */
  renew(refused: string): void;
}

/** UserSig (intl 34385) by the platform's own package. */
export function createUserSigs(options: {
  sdkAppId: number;
  secretKey: string;
  identifier: string;
  now?: () => number;
}): UserSigs {
  const api = new Api(options.sdkAppId, options.secretKey);
  const now = options.now ?? Date.now;
  let cached: { sig: string; renewAt: number } | undefined;
  return {
    current() {
      if (cached === undefined || now() >= cached.renewAt) {
        cached = {
          sig: api.genSig(options.identifier, validForSeconds),
          renewAt: now() + (validForSeconds * 1000) / 2,
        };
      }
      return cached.sig;
    },
    renew(refused) {
      if (cached?.sig === refused) cached = undefined;
    },
  };
}
