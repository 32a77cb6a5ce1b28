/** One thing that was looked at. */
export interface Check {
  readonly name:
    | 'console'
    | 'token'
    | 'database'
    | 'migrations'
    | 'queue'
    | 'clock'
    | 'credentials'
    | 'webhook'
    | 'callbacks'
    | 'worker'
    | 'coverage'
    | 'history';
  readonly state: 'ok' | 'warning' | 'failed' | 'skipped';
  readonly message: string;
  /** What to do; null: nothing. */
  readonly advice: string | null;
}

export function check(
  name: Check['name'],
  state: Check['state'],
  message: string,
  advice: string | null = null,
): Check {
  return { name, state, message, advice };
}
