export { appsOf, judgeApps, someApp, someSecretKey, type AppConfig, type AppSettings } from './apps.ts';
export { judgeIndexText, judgeQueuePrefix } from './judges.ts';
export { readConfig, type Config, type Environment, type Reading } from './read-config.ts';
export { variables, type ValueOf, type VariableName } from './variables.ts';
