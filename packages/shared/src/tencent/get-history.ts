import { z } from 'zod';
import { otherShape, type CallResult, type Gate, type TencentClient } from './client.ts';
import { isRecord, recordsOf, wholeNumber } from './lenient.ts';

/** One gzip file of an hour. What was not told is null, and then not checked. */
export interface HistoryFile {
  /** Opens the file to whoever has it: never to be logged. */
  readonly url: string;
  /** Unix ms, read as Beijing time, which the documents do not say. */
  readonly expiresAt: number | null;
  /** Bytes and hex MD5 of the content. */
  readonly fileSize: number | null;
  readonly fileMd5: string | null;
  /** Bytes and hex MD5 of the download. */
  readonly gzipSize: number | null;
  readonly gzipMd5: string | null;
}

export type HistoryFiles =
  | { readonly kind: 'files'; readonly files: readonly HistoryFile[] }
  /** 1004: not made yet, or no message in that hour; the platform does not tell which. */
  | { readonly kind: 'none' }
  /** Any other code. */
  | { readonly kind: 'refused' };

const notMadeOrEmpty = 1004;
const answer = z.looseObject({ File: z.unknown().optional() });

/**
 * The files of group messages of one hour (intl 34885, cn 1650); `hour` is `YYYYMMDDHH`, Beijing time. 10 calls/s.
 * The last 7 days only; an hour's files are made within about an hour of its end.
 */
export async function getHistoryFiles(
  client: TencentClient,
  call: { hour: string },
  gate: Gate,
): Promise<CallResult<HistoryFiles>> {
  const body = { ChatType: 'Group', MsgTime: call.hour };
  const result = await client.post('open_msg_svc/get_history', body, answer, gate);
  if (result.kind !== 'answered') return result;
  if (result.errorCode === notMadeOrEmpty) return { ...result, body: { kind: 'none' } };
  if (result.errorCode !== 0) return { ...result, body: { kind: 'refused' } };
  const list = result.body.File;
  const files = recordsOf(list, (item) => 'URL' in item).map(historyFile);
  // To pass over a file that cannot be read would leave its messages out without a word.
  const surplus = Array.isArray(list) ? list.some((item) => !isRecord(item)) : files.length === 0;
  if (surplus || files.includes(undefined)) return otherShape(result.httpStatus);
  return {
    ...result,
    body: files.length === 0 ? { kind: 'none' } : { kind: 'files', files: files as HistoryFile[] },
  };
}

function historyFile(record: Record<string, unknown>): HistoryFile | undefined {
  const { URL: url } = record;
  if (typeof url !== 'string' || !URL.canParse(url) || !/^https?:$/u.test(new URL(url).protocol)) return undefined;
  return {
    url,
    expiresAt: beijingTime(record.ExpireTime),
    fileSize: wholeNumber(record.FileSize, 0) ?? null,
    fileMd5: md5(record.FileMD5),
    gzipSize: wholeNumber(record.GzipSize, 0) ?? null,
    gzipMd5: md5(record.GzipMD5),
  };
}

function md5(value: unknown): string | null {
  return typeof value === 'string' && /^[\da-f]{32}$/iu.test(value) ? value.toLowerCase() : null;
}

/** `YYYY-MM-DD hh:mm:ss`. */
function beijingTime(value: unknown): number | null {
  if (typeof value !== 'string' || !/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/u.test(value)) return null;
  const time = Date.parse(`${value.replace(' ', 'T')}+08:00`);
  return Number.isNaN(time) ? null : time;
}
