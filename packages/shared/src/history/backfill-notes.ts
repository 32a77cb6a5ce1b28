import { meaningOf } from '../tencent/index.ts';

/** Why something of a backfill is as it is: a code for programs, words for people. */
export interface BackfillNote {
  readonly code: BackfillNoteCode;
  readonly en: string;
  readonly zh: string;
}

export type BackfillNoteCode = keyof typeof words;

/** A note as it is stored: its code, and figures behind a colon. */
export function note(code: BackfillNoteCode, ...figures: readonly number[]): string {
  return figures.length === 0 ? code : `${code}:${figures.join(',')}`;
}

type Figures = readonly number[];

/** Words of each note; figures are the platform's code unless said. */
const words = {
  // Of a backfill.
  paused_by_person: ['paused by a person', '已由人工暂停'],
  estimate_ready: ['everything is listed; resume it to have it read', '已列出全部内容；继续后将开始读取'],
  stopped_by_platform: platform('the platform refuses the app', '平台拒绝了该应用的请求'),
  listing_failed: platform('listing groups failed', '列出群组失败'),
  history_off: [
    'TENCENT_HISTORY_CALLS_PER_SECOND is 0, so history is not read',
    'TENCENT_HISTORY_CALLS_PER_SECOND 为 0，不读取历史消息',
  ],
  parts_failed: [
    ([parts]: Figures) => `${parts} of its parts could not be read; resume it to have them tried again`,
    ([parts]: Figures) => `有 ${parts} 个部分未能读取；继续后将重试`,
  ],
  // Of a conversation.
  live: ['a live group: the platform keeps no history of it', '直播群：平台不保存其历史消息'],
  gone: ['the group or topic is gone', '群组或话题已不存在'],
  no_message: ['there has been no message', '从未有过消息'],
  nothing_since: ['no message since the time asked for', '所要求的时间以来没有消息'],
  nothing_missing: ['the index accounts for all of it already', '索引中已齐全'],
  reached_since: ['read down to the time asked for', '已读取到所要求的时间'],
  reached_expired: ['read down to where messages have expired', '已读取到消息过期之处'],
  newest_untold: ['the platform did not tell its newest sequence', '平台未告知其最新序号'],
  refused: platform('refused', '被拒绝'),
  failed: platform('it failed each time', '每次均失败'),
  // Of an hour.
  no_messages: ['no message in that hour', '该小时没有消息'],
  not_made_yet: ['the file is not made yet', '文件尚未生成'],
  too_old: ['older than the seven days that the platform keeps files of', '已超过平台保留文件的七天期限'],
  url_expired: ['the address of the file had expired', '文件地址已过期'],
  unreachable: ['the file could not be fetched', '无法下载文件'],
  cut_short: ['the file was cut short', '文件不完整'],
  wrong_checksum: ['the file had another checksum or size than told', '文件的校验值或大小与告知的不符'],
  line_too_long: ['a line of the file was longer than 1 MB', '文件中有超过 1 MB 的行'],
  /** Messages left out: of communities, of groups that are gone; and lines that are no message. */
  left_out: [
    ([communities = 0, gone = 0, malformed = 0]: Figures) =>
      [
        `${communities} messages of communities were left to history, which tells topics apart`,
        `${gone} of groups that are gone`,
        `${malformed} malformed lines`,
      ].join('; '),
    ([communities = 0, gone = 0, malformed = 0]: Figures) =>
      `${communities} 条社群消息改由历史接口读取（可区分话题）；${gone} 条属于已不存在的群组；${malformed} 行格式错误`,
  ],
} as const satisfies Readonly<Record<string, readonly [Word, Word]>>;

type Word = string | ((figures: Figures) => string);

function platform(en: string, zh: string): readonly [Word, Word] {
  const said = (what: string, language: 'en' | 'zh', [code]: Figures, silent: string): string =>
    code === undefined ? `${what}${silent}` : `${what} (${code}): ${meaningOf(code)[language]}`;
  return [(figures) => said(en, 'en', figures, ': no answer'), (figures) => said(zh, 'zh', figures, '：没有应答')];
}

/** Reads notes as they are stored, and adds up the figures of those that count something. */
export function readNotes(
  stored: readonly { readonly note: string; readonly count: number }[],
): (BackfillNote & { readonly count: number })[] {
  const leftOut = stored.filter((one) => codeOf(one.note) === 'left_out');
  const sums = leftOut.reduce<number[]>((sum, one) => figuresOf(one.note).map((n, at) => n + (sum[at] ?? 0)), []);
  const added =
    leftOut.length === 0
      ? []
      : [{ note: note('left_out', ...sums), count: leftOut.reduce((sum, { count }) => sum + count, 0) }];
  return [...stored.filter((one) => !leftOut.includes(one)), ...added].flatMap(({ note: text, count }) => {
    const read = readNote(text);
    return read === null ? [] : [{ ...read, count }];
  });
}

/** Reads a note; null: there is none. */
export function readNote(stored: string | null): BackfillNote | null {
  const code = stored === null ? null : codeOf(stored);
  if (stored === null || code === null) return null;
  const [en, zh] = words[code].map((word: Word) => (typeof word === 'string' ? word : word(figuresOf(stored))));
  return { code, en: en ?? '', zh: zh ?? '' };
}

function codeOf(stored: string): BackfillNoteCode | null {
  const [name = ''] = stored.split(':', 1);
  return Object.hasOwn(words, name) ? (name as BackfillNoteCode) : null;
}

function figuresOf(stored: string): number[] {
  const [, figures = ''] = stored.split(':');
  return figures === '' ? [] : figures.split(',').map(Number);
}
