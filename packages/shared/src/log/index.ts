import { pino, type DestinationStream, type Logger } from 'pino';
import { codeOf, messageOf } from '../errors/index.ts';

export type Log = Logger;

/**
 * JSON lines on standard output. Errors are logged as code, message and stack; nothing that could
 * hold a request (undici and pg attach those to their errors) is ever serialised.
 */
export function createLog(process: string, level: string, destination?: DestinationStream): Log {
  const options = {
    level,
    base: { process },
    timestamp: pino.stdTimeFunctions.isoTime,
    serializers: { err: serializeError },
  };
  return destination === undefined ? pino(options) : pino(options, destination);
}

function framesOf(error: Error): string[] {
  return (error.stack ?? '').split('\n').filter((line) => /^\s+at /u.test(line));
}

function serializeError(error: unknown): Record<string, unknown> {
  return {
    type: error instanceof Error ? error.name : typeof error,
    code: codeOf(error),
    message: messageOf(error).replaceAll(/\?\S+/gu, '?…'),
    // The frames alone: before them stands the message once more, on as many lines as it has.
    stack: error instanceof Error ? framesOf(error).slice(0, 7).join('\n') : undefined,
  };
}
