import type { StoredMessage } from '../world/group.ts';
import type { World } from '../world/world.ts';

/** What the documents leave open about the hourly files. */
export interface HistoryRules {
  /** A larger hour is split over several files; default 10,000. */
  readonly messagesPerFile: number;
  /** Whether messages of live groups are in them; default true. */
  readonly liveGroups: boolean;
  /** From an hour's end until its files are made, ms; default one hour, "normally" the longest. */
  readonly madeAfterMs: number;
  /** How long a URL is good for, ms; default one hour. */
  readonly urlValidMs: number;
}

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;
const beijingMs = 8 * hourMs;
const keptDays = 7;
/** One message of so many is listed twice, as in the documents' sample; at least one of an hour. */
const repeatedOneOf = 10;

export type HourCode = 1002 | 1004 | 1005;

/** The Unix ms at which `YYYYMMDDHH`, Beijing time, begins; or why there is no file of it now. */
export function hourStart(hour: unknown, nowMs: number, rules: HistoryRules): { startMs: number } | { code: HourCode } {
  const parts = typeof hour === 'string' ? /^(\d{4})(\d\d)(\d\d)(\d\d)$/u.exec(hour) : null;
  if (!parts) return { code: 1002 };
  const [, year, month, day, clock] = parts.map(Number) as [number, number, number, number, number];
  const startMs = Date.UTC(year, month - 1, day, clock) - beijingMs;
  if (hourName(startMs) !== hour) return { code: 1002 };
  if (startMs < nowMs - keptDays * dayMs) return { code: 1005 };
  return nowMs < startMs + hourMs + rules.madeAfterMs ? { code: 1004 } : { startMs };
}

export function hourName(ms: number): string {
  return new Date(ms + beijingMs).toISOString().replace(/\D/gu, '').slice(0, 10);
}

/** `YYYY-MM-DD hh:mm:ss`; the documents do not say in which zone. */
export function beijingTime(ms: number): string {
  return new Date(ms + beijingMs).toISOString().slice(0, 19).replace('T', ' ');
}

/**
 * The texts of an hour's files (intl 34885). Messages stand in them as they were when sent, whatever was recalled,
 * edited or disbanded since, and topics' messages under their community with nothing to tell them apart. Imported ones
 * are there, tips are not; neither is documented.
 */
export function hourFiles(world: World, startMs: number, sdkAppId: number, rules: HistoryRules): string[] {
  const [first, end] = [startMs / 1000, (startMs + hourMs) / 1000];
  const messages: StoredMessage[] = [];
  for (const conversation of world.everyConversation()) {
    if (!rules.liveGroups && conversation.group.type === 'AVChatRoom') continue;
    for (const message of conversation.messages) {
      if (!message.system && message.msgTime >= first && message.msgTime < end) messages.push(message);
    }
  }
  messages.sort((a, b) => a.msgTime - b.msgTime);
  // The second listings come at the end, and so in another file when there are several.
  const lines = [...messages, ...messages.filter((_message, index) => index % repeatedOneOf === 0)].map(line);
  const header = `{"SdkAppId":${sdkAppId},"ChatType":"Group","MsgTime":"${hourName(startMs)}","MsgList":[`;
  const files: string[] = [];
  for (let from = 0; from < lines.length; from += rules.messagesPerFile) {
    files.push(`${header}\n${lines.slice(from, from + rules.messagesPerFile).join(',\n')}\n]}\n`);
  }
  return files;
}

function line({ from, groupId, msgTime, msgSeq, body, bodyAsSent }: StoredMessage): string {
  return JSON.stringify({
    From_Account: from,
    GroupId: groupId,
    MsgTimestamp: msgTime,
    MsgSeq: msgSeq,
    MsgBody: bodyAsSent ?? body,
  });
}
