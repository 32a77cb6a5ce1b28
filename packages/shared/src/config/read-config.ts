import { readFileSync } from 'node:fs';
import { ConfigError, messageOf } from '../errors/index.ts';
import { prefixes, variables, type ValueOf, type VariableName } from './variables.ts';

/** The environment as a process gets it. */
export type Environment = Readonly<Record<string, string | undefined>>;

export type Config<N extends VariableName> = { readonly [K in N]: ValueOf<K> };

export interface Reading<N extends VariableName> {
  readonly config: Config<N>;
  /** Names that look like a misspelt variable; told, not fatal: orchestrators set names of their own. */
  readonly warnings: readonly string[];
}

/**
 * Reads and judges the variables that a process takes.
 *
 * @param take the names the process reads
 * @param require those of them that must be there, perhaps unless another one is
 * @param judge compares settings with one another; returns what is wrong
 * @throws ConfigError with every problem
 */
export function readConfig<const N extends VariableName>(
  env: Environment,
  take: readonly N[],
  require: readonly (NoInfer<N> | { readonly name: NoInfer<N>; readonly unless: NoInfer<N> })[] = [],
  judge: (config: Config<N>) => readonly string[] = () => [],
): Reading<N> {
  const problems: string[] = [];
  const values = new Map<string, unknown>();
  for (const name of take) {
    const read = readOne(env, name);
    if ('problem' in read) problems.push(`${name}: ${read.problem}`);
    else values.set(name, read.value);
  }
  for (const wanted of require) {
    const { name, unless } = typeof wanted === 'string' ? { name: wanted, unless: undefined } : wanted;
    if (!values.has(name) || values.get(name) !== undefined) continue;
    if (unless === undefined) problems.push(`${name}: must be set`);
    else if (values.has(unless) && values.get(unless) === undefined)
      problems.push(`${name}: must be set, or ${unless}`);
  }
  const config = Object.fromEntries(values) as Config<N>;
  if (problems.length === 0) problems.push(...judge(config));
  if (problems.length > 0) throw new ConfigError(problems);
  return { config, warnings: probableTypos(env) };
}

function readOne(env: Environment, name: VariableName): { value: unknown } | { problem: string } {
  const { schema, default: fallback, secret } = variables[name];
  const given = secret ? readSecret(env, name) : { text: env[name] };
  if ('problem' in given) return given;
  if (given.text === undefined || given.text === '') return { value: fallback };
  const parsed = schema.safeParse(given.text);
  if (parsed.success) return { value: parsed.data };
  return { problem: parsed.error.issues[0]?.message ?? 'is not valid' };
}

function readSecret(env: Environment, name: string): { text: string | undefined } | { problem: string } {
  const file = env[`${name}_FILE`];
  if (file === undefined || file === '') return { text: env[name] };
  if (env[name] !== undefined && env[name] !== '') return { problem: `both ${name} and ${name}_FILE are set` };
  try {
    return { text: readFileSync(file, 'utf8').trim() };
  } catch (error) {
    return { problem: `${name}_FILE cannot be read: ${messageOf(error)}` };
  }
}

function probableTypos(env: Environment): string[] {
  const known = new Set<string>(Object.keys(variables));
  for (const [name, { secret }] of Object.entries(variables)) if (secret) known.add(`${name}_FILE`);
  return Object.keys(env)
    .filter((name) => prefixes.some((prefix) => name.startsWith(prefix)) && !known.has(name))
    .map((name) => `${name}: no such setting; is it misspelt?`);
}
