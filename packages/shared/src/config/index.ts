export { judgeIndexText, judgeQueuePrefix } from './judges.ts';
export { readConfig, type Config, type Environment, type Reading } from './read-config.ts';
export { variables, type ValueOf, type VariableName } from './variables.ts';
