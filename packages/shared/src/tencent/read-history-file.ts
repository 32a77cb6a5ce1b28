import { createHash } from 'node:crypto';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import { Agent, request, type Dispatcher } from 'undici';
import { codeOf } from '../errors/index.ts';
import type { HistoryFile } from './get-history.ts';
import { createHistoryLineReader, type HistoryMessage } from './history-line.ts';
import { createLineSplitter, LineTooLong } from './split-lines.ts';

/** What became of reading a file. But for `whole`, messages handed out before may be part of it only. */
export type HistoryFileEnd =
  /** To its last line, sizes and checksums as told. `malformed` lines were passed over. */
  | { readonly kind: 'whole'; readonly messages: number; readonly malformed: number }
  /** HTTP 4xx: ask `get_history` again. */
  | { readonly kind: 'expired'; readonly httpStatus: number }
  /** No connection, no answer in time, any other HTTP status. */
  | { readonly kind: 'unreachable'; readonly httpStatus: number | null; readonly cause: string }
  /** It ended before its end, or the connection did. */
  | { readonly kind: 'cut_short'; readonly cause: string }
  /** Another size or checksum than told, or no gzip. */
  | { readonly kind: 'wrong_checksum'; readonly cause: string }
  /** A line is longer than 1 MB: no message is. */
  | { readonly kind: 'line_too_long' }
  /** By `signal`. */
  | { readonly kind: 'aborted' };

export interface ReadHistoryFileOptions {
  readonly signal?: AbortSignal | undefined;
  /** How long headers, and each piece of the body, may take, ms; default 30,000. */
  readonly timeoutMs?: number;
}

/**
 * Downloads a file of `get_history` and hands out its messages, in bounded memory: each is waited for before the next.
 * A message may come twice; topics are not told apart from their community. What `onMessage` throws is thrown on;
 * whatever else goes wrong is an end. No redirect is followed, and no end holds the URL.
 */
export async function readHistoryFile(
  file: HistoryFile,
  onMessage: (message: HistoryMessage) => void | Promise<void>,
  options: ReadHistoryFileOptions = {},
): Promise<HistoryFileEnd> {
  const { signal, timeoutMs = 30_000 } = options;
  const dispatcher = new Agent({
    connect: { timeout: timeoutMs },
    headersTimeout: timeoutMs,
    bodyTimeout: timeoutMs,
  });
  try {
    let response: Dispatcher.ResponseData;
    try {
      response = await request(file.url, { dispatcher, ...(signal && { signal }) });
    } catch (error) {
      if (signal?.aborted) return { kind: 'aborted' };
      return { kind: 'unreachable', httpStatus: null, cause: causeOf(error) };
    }
    const { statusCode: httpStatus } = response;
    if (httpStatus >= 400 && httpStatus < 500) return { kind: 'expired', httpStatus };
    if (httpStatus !== 200) return { kind: 'unreachable', httpStatus, cause: `HTTP ${httpStatus}` };
    const end = await readBody(file, response.body, onMessage);
    return end.kind === 'cut_short' && signal?.aborted ? { kind: 'aborted' } : end;
  } finally {
    await dispatcher.destroy();
  }
}

async function readBody(
  file: HistoryFile,
  body: Dispatcher.ResponseData['body'],
  onMessage: (message: HistoryMessage) => void | Promise<void>,
): Promise<HistoryFileEnd> {
  const download = createMeter(file.gzipSize, file.gzipMd5);
  const content = createMeter(file.fileSize, file.fileMd5);
  const lines = createLineSplitter();
  const reader = createHistoryLineReader();
  let messages = 0;
  let handingOut: { error: unknown } | undefined;

  async function* metered(source: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
    for await (const chunk of source) yield download.take(chunk);
  }
  async function handOut(read: Iterable<string>): Promise<void> {
    for (const line of read) {
      const message = reader.read(line);
      if (!message) continue;
      messages += 1;
      try {
        await onMessage(message);
      } catch (error) {
        handingOut = { error };
        throw error;
      }
    }
  }
  try {
    await pipeline(body, metered, createGunzip(), async (chunks: AsyncIterable<Buffer>) => {
      for await (const chunk of chunks) await handOut(lines.push(content.take(chunk)));
      await handOut(lines.end());
    });
  } catch (error) {
    if (handingOut) throw handingOut.error;
    if (error instanceof LineTooLong) return { kind: 'line_too_long' };
    if (error instanceof LargerThanTold) return { kind: 'wrong_checksum', cause: error.message };
    const cause = causeOf(error);
    // zlib names what is no gzip, or was changed on the way, Z_DATA_ERROR; what ends too early, Z_BUF_ERROR.
    return { kind: cause === 'Z_DATA_ERROR' ? 'wrong_checksum' : 'cut_short', cause };
  }
  if (download.isSmaller()) return { kind: 'cut_short', cause: 'the download is smaller than told' };
  if (!download.isAsTold()) return { kind: 'wrong_checksum', cause: 'the download has another MD5 than told' };
  if (content.isSmaller() || !reader.hasEnded()) return { kind: 'cut_short', cause: 'the content lacks its end' };
  if (!content.isAsTold()) return { kind: 'wrong_checksum', cause: 'the content has another MD5 than told' };
  return { kind: 'whole', messages, malformed: reader.malformed() };
}

class LargerThanTold extends Error {}

/** Size and MD5 of what is taken, against what was told; null is not checked. Throws as soon as it is larger. */
function createMeter(size: number | null, md5: string | null) {
  const hash = createHash('md5');
  let bytes = 0;
  return {
    take(chunk: Buffer): Buffer {
      bytes += chunk.length;
      if (size !== null && bytes > size) throw new LargerThanTold('larger than told');
      hash.update(chunk);
      return chunk;
    },
    isSmaller: () => size !== null && bytes < size,
    isAsTold: () => md5 === null || hash.digest('hex') === md5,
  };
}

/** A code or a name: messages of errors may hold the URL. */
function causeOf(error: unknown): string {
  return codeOf(error) ?? (error instanceof Error ? error.name : 'unknown');
}
