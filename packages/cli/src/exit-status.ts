/** What the process ends with. */
export const exit = {
  /** Everything was recalled; or the command did what it says. */
  done: 0,
  /** Something was not recalled, was refused, or a check failed. */
  failures: 1,
  /** The command line or a setting is wrong; nothing was sent. */
  usage: 2,
  /** No console answers. */
  unreachable: 3,
  /** Ctrl-C, as shells count it. */
  interrupted: 130,
} as const;

export type ExitStatus = (typeof exit)[keyof typeof exit];

/** The command line or a setting is wrong; the message names the flag. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

/** The command was understood and came to nothing. */
export class CommandFailure extends Error {
  override readonly name = 'CommandFailure';
  /** Stable, for `--json`. */
  readonly code: string;

  constructor(code: string, message: string) {
    super(message);
    this.code = code;
  }
}
