import { ConfigError, isRecallError, messageOf } from '../errors/index.ts';

/** EX_CONFIG of sysexits.h. */
const exitConfig = 78;
/** What a clean stop may take before the process ends all the same, ms. */
const stopWithinMs = 15_000;

/** A started process: what to do to stop it. */
export interface Running {
  readonly log: {
    info(fields: object, message: string): void;
    error(fields: object, message: string): void;
  };
  stop(): Promise<unknown>;
}

/**
 * Starts a process and keeps it until SIGTERM or SIGINT. Faults of the configuration end it with exit
 * code 78 and one line each, any other failure to start with 1; neither shows a stack trace.
 */
export async function runProcess(start: () => Promise<Running>): Promise<void> {
  let log: Running['log'] = beforeThereIsALog;
  // From the first moment: a process that has just said where it listens may be stopped at once. What
  // comes while it starts is carried out when it has; a second signal ends it as signals do.
  const asked = new Promise<string>((resolve) => {
    process.once('SIGTERM', resolve);
    process.once('SIGINT', resolve);
  });
  process.on('unhandledRejection', (error) => log.error({ err: error }, 'unhandled rejection'));
  // Node itself would print the error with all that hangs on it: commands with their data, rows.
  process.on('uncaughtException', (error) => {
    log.error({ err: error }, 'uncaught exception; ending');
    process.exit(1);
  });
  // Without a listener it opens Node's debugger, which shows keys and texts to whoever connects.
  process.on('SIGUSR1', () => log.info({ signal: 'SIGUSR1' }, 'there is no debugger here'));
  let running: Running;
  try {
    running = await start();
  } catch (error) {
    process.stderr.write(`${describeStartFailure(error)}\n`);
    process.exit(error instanceof ConfigError ? exitConfig : 1);
  }
  ({ log } = running);
  const stop = (signal: string): void => {
    log.info({ signal }, 'stopping');
    setTimeout(() => {
      log.error({ afterMs: stopWithinMs }, 'did not stop in time; ending');
      process.exit(1);
    }, stopWithinMs).unref();
    void running.stop().then(
      () => process.exit(0),
      (error: unknown) => {
        log.error({ err: error }, 'stopping failed');
        process.exit(1);
      },
    );
  };
  void asked.then(stop);
}

/** One line on standard error, of an error its message alone. */
const beforeThereIsALog: Running['log'] = {
  info: (_fields, message) => void process.stderr.write(`${message}\n`),
  error(fields, message) {
    const told = 'err' in fields ? `: ${messageOf(fields.err)}` : '';
    process.stderr.write(`${message}${told}`.replaceAll(/[\s\p{Cc}]+/gu, ' ') + '\n');
  },
};

function describeStartFailure(error: unknown): string {
  if (error instanceof ConfigError) return [error.message, ...error.problems.map((line) => `  ${line}`)].join('\n');
  return isRecallError(error) ? error.message : `cannot start: ${messageOf(error)}`;
}
