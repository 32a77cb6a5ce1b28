import { createHash } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { beijingTime, hourFiles, hourStart } from '../history/hour-files.ts';
import { fail, succeed } from './answer.ts';
import type { Command } from './command.ts';

/** `get_history` (intl 34885, cn 1650): the files of one hour. There are no one-to-one messages here. */
export const getHistory: Command = (body, context) => {
  const { ChatType: chatType } = body;
  if (chatType !== 'Group' && chatType !== 'C2C') return fail(1002, 'ChatType must be C2C or Group');
  const { history, sdkAppId } = context.rules;
  const hour = hourStart(body.MsgTime, context.now, history);
  if ('code' in hour) return fail(hour.code);
  const files = chatType === 'Group' ? hourFiles(context.world, hour.startMs, sdkAppId, history) : [];
  if (files.length === 0) return fail(1004);
  const expiresAt = context.now + history.urlValidMs;
  return succeed({
    File: files.map((text) => {
      const content = Buffer.from(text);
      const gzip = gzipSync(content);
      return {
        URL: context.publish({ gzip, expiresAt }),
        ExpireTime: beijingTime(expiresAt),
        FileSize: content.length,
        FileMD5: md5(content),
        GzipSize: gzip.length,
        GzipMD5: md5(gzip),
      };
    }),
  });
};

function md5(bytes: Buffer): string {
  return createHash('md5').update(bytes).digest('hex');
}
