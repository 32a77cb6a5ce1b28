import { meaningOf } from '../tencent/index.ts';

/** Why a recall is paused, failed or cancelled: a code for programs, words for people. */
export interface StateCause {
  readonly code:
    | 'paused_by_person'
    | 'stopped_by_platform'
    | 'first_wave_failed'
    | 'approval_expired'
    | 'too_large'
    | 'planning_failed';
  readonly en: string;
  readonly zh: string;
}

/** The notes as they are written beside a state; figures are read back out of them. */
const notes: readonly { code: StateCause['code']; pattern: RegExp; zh: (...figures: string[]) => string }[] = [
  { code: 'paused_by_person', pattern: /^paused by a person$/u, zh: () => '已由人工暂停' },
  {
    code: 'first_wave_failed',
    pattern: /^(\d+) % of the first wave failed; (\d+) % were allowed\./u,
    zh: (failed, allowed) => `首批消息中有 ${failed}% 失败，允许的比例为 ${allowed}%。继续后将撤回其余消息。`,
  },
  {
    code: 'approval_expired',
    pattern: /^nobody approved it within (\d+) hours$/u,
    zh: (hours) => `${hours} 小时内无人批准`,
  },
  { code: 'approval_expired', pattern: /^it expired before anybody approved it$/u, zh: () => '获批之前已到期' },
  {
    code: 'too_large',
    pattern: /^the plan holds (\d+) messages; whoever asked may recall (\d+) at once$/u,
    zh: (messages, most) => `计划包含 ${messages} 条消息，申请人一次最多可撤回 ${most} 条`,
  },
  {
    code: 'stopped_by_platform',
    pattern: /^(\d+): /u,
    zh: (code) => `${code}：${meaningOf(Number(code)).zh}`,
  },
];

/** What a note says; null: there is none. Whatever else it is tells why planning failed, as the error put it. */
export function stateCauseOf(note: string | null): StateCause | null {
  if (note === null) return null;
  for (const { code, pattern, zh } of notes) {
    const [found, ...figures] = pattern.exec(note) ?? [];
    if (found !== undefined) return { code, en: note, zh: zh(...figures) };
  }
  return { code: 'planning_failed', en: note, zh: note };
}
