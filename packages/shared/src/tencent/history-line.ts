import { isRecord, parseJson, secondsToMs, wholeNumber } from './lenient.ts';

/** A message of an hourly file: as it was when sent, though it may be recalled or edited since. */
export interface HistoryMessage {
  /** For a topic's message, its community. */
  readonly groupId: string;
  /** Empty where it was not told. */
  readonly sender: string;
  /** Of the group, or of a topic that the file does not name. */
  readonly msgSeq: number;
  /** Unix ms. */
  readonly msgTime: number;
  /** `MsgBody` as it came. */
  readonly body: unknown;
}

export interface HistoryLineReader {
  /** The message of a line; undefined for the first and the last line, and for a malformed one, which is counted. */
  read(line: string): HistoryMessage | undefined;
  malformed(): number;
  /** The last line, `]}`, has been read. */
  hasEnded(): boolean;
}

/** Reads the lines of an hourly file (intl 34885): a header, a message on each line with a comma after it, `]}`. */
export function createHistoryLineReader(): HistoryLineReader {
  let headerRead = false;
  let ended = false;
  let malformed = 0;
  return {
    read(line) {
      const text = line.trim();
      if (text === '') return undefined;
      if (!headerRead) {
        headerRead = true;
        if (isHeader(text)) return undefined;
      }
      if (text === ']}') {
        ended = true;
        return undefined;
      }
      const message = ended ? undefined : parseMessage(text.endsWith(',') ? text.slice(0, -1) : text);
      if (!message) malformed += 1;
      return message;
    },
    malformed: () => malformed,
    hasEnded: () => ended,
  };
}

function isHeader(text: string): boolean {
  const header = parseJson(`${text}]}`);
  return isRecord(header) && Array.isArray(header.MsgList);
}

function parseMessage(text: string): HistoryMessage | undefined {
  const item = parseJson(text);
  if (!isRecord(item)) return undefined;
  const { GroupId: groupId, From_Account: sender, MsgBody: body } = item;
  const msgSeq = wholeNumber(item.MsgSeq, 1);
  // The history call writes a large S.
  const msgTime = secondsToMs(item.MsgTimestamp) ?? secondsToMs(item.MsgTimeStamp);
  if (typeof groupId !== 'string' || groupId === '' || msgSeq === undefined || msgTime === undefined) return undefined;
  if (body === undefined) return undefined;
  return { groupId, sender: typeof sender === 'string' ? sender : '', msgSeq, msgTime, body };
}
