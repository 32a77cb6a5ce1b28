import type { Config } from './read-config.ts';
import { variables, type ValueOf, type VariableName } from './variables.ts';

/** One app of Tencent Cloud Chat that is served. */
export interface AppSettings {
  readonly sdkAppId: number;
  /** Signs the UserSig; undefined: the process does not call the platform. */
  readonly secretKey: string | undefined;
  readonly admin: string;
  readonly apiUrl: string;
  /** Recall calls a second, over all processes. */
  readonly callsPerSecond: number;
  /** Calls a second for reading history, over all processes; 0: none. */
  readonly historyCallsPerSecond: number;
  readonly sendReason: boolean;
  readonly roamingDays: number;
  readonly retentionDays: number;
  /** Callback authentication tokens, any of which may have signed; none: callbacks are not signed. */
  readonly webhookTokens: readonly string[];
}

/** Variables that say something of an app: for the one app, or as defaults for those of TENCENT_APPS. */
type AppVariable =
  | 'TENCENT_APPS'
  | 'TENCENT_SDK_APP_ID'
  | 'TENCENT_SECRET_KEY'
  | 'TENCENT_ADMIN'
  | 'TENCENT_API_URL'
  | 'TENCENT_CALLS_PER_SECOND'
  | 'TENCENT_HISTORY_CALLS_PER_SECOND'
  | 'TENCENT_SEND_REASON'
  | 'TENCENT_ROAMING_DAYS'
  | 'MESSAGE_RETENTION_DAYS'
  | 'WEBHOOK_TOKEN';

/** What a process has read of them. */
export type AppConfig = Config<'TENCENT_APPS' | 'TENCENT_SDK_APP_ID'> & Partial<Config<AppVariable>>;

/** The apps that are served: those of TENCENT_APPS, or the one of the other variables. */
export function appsOf(config: AppConfig): readonly AppSettings[] {
  const listed =
    config.TENCENT_APPS ?? (config.TENCENT_SDK_APP_ID === undefined ? [] : [{ sdkAppId: config.TENCENT_SDK_APP_ID }]);
  const common = {
    secretKey: config.TENCENT_SECRET_KEY,
    admin: read(config, 'TENCENT_ADMIN'),
    apiUrl: read(config, 'TENCENT_API_URL'),
    callsPerSecond: read(config, 'TENCENT_CALLS_PER_SECOND'),
    historyCallsPerSecond: read(config, 'TENCENT_HISTORY_CALLS_PER_SECOND'),
    sendReason: read(config, 'TENCENT_SEND_REASON'),
    roamingDays: read(config, 'TENCENT_ROAMING_DAYS'),
    retentionDays: read(config, 'MESSAGE_RETENTION_DAYS'),
    webhookTokens: tokensOf(config.WEBHOOK_TOKEN),
  };
  return listed.map((app) => ({ ...common, ...given(app) }));
}

/** Judges that the apps are said in one way, and whole. @returns what is wrong */
export function judgeApps(config: AppConfig, needs: { readonly secretKey?: boolean } = {}): readonly string[] {
  if (config.TENCENT_APPS === undefined) return [];
  if (config.TENCENT_SDK_APP_ID !== undefined) return ['TENCENT_APPS, TENCENT_SDK_APP_ID: set one of the two'];
  return appsOf(config)
    .filter(({ secretKey }) => needs.secretKey === true && secretKey === undefined)
    .map(({ sdkAppId }) => `TENCENT_APPS: app ${sdkAppId} needs a secretKey`);
}

/** What must be there of the variables of the one app, for `readConfig`. */
export const someApp = { name: 'TENCENT_SDK_APP_ID', unless: 'TENCENT_APPS' } as const;
export const someSecretKey = { name: 'TENCENT_SECRET_KEY', unless: 'TENCENT_APPS' } as const;

/** The tokens of a comma-separated list. */
export function tokensOf(list: string | undefined): readonly string[] {
  return (list ?? '')
    .split(',')
    .map((token) => token.trim())
    .filter((token) => token !== '');
}

function read<N extends AppVariable & VariableName>(config: AppConfig, name: N): ValueOf<N> {
  return (name in config ? config[name] : variables[name].default) as ValueOf<N>;
}

/** Only what is there, so that the defaults stand behind it. */
function given<T extends object>(app: T): { [K in keyof T]: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(app).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]: Exclude<T[K], undefined>;
  };
}
