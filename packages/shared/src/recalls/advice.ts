import type { OutcomeState } from '../db/index.ts';
import { meaningOf } from '../tencent/index.ts';

interface Words {
  readonly en: string;
  readonly zh: string;
}

const byState: Readonly<Record<OutcomeState, Words>> = {
  pending: { en: 'Nothing: it is tried again by itself.', zh: '无需处理：系统会自动重试。' },
  recalled: { en: 'Nothing: it is done.', zh: '无需处理：已完成。' },
  not_found: { en: 'Nothing: there is no message to take back.', zh: '无需处理：没有可撤回的消息。' },
  expired: {
    en: 'It cannot be recalled any more. Consider muting the sender, and recall sooner.',
    zh: '已无法撤回。可考虑禁言发送者，并尽早撤回。',
  },
  not_recallable: {
    en: 'The platform does not recall this message or in this type of group.',
    zh: '平台不支持撤回该消息或该类型群组的消息。',
  },
  failed: {
    en: 'Mend the cause that the code names, then retry what failed.',
    zh: '请先排除错误码所示的原因，再重试失败项。',
  },
  unknown: {
    en: 'Its answer never came; it may be recalled. Retry, or look into the group.',
    zh: '未收到应答，消息可能已撤回。请重试，或到群内确认。',
  },
  cancelled: {
    en: 'It was not called. Make a new recall if it should go.',
    zh: '未调用撤回接口。如需撤回，请新建撤回任务。',
  },
};

const forApp: Words = {
  en: 'Nothing can be recalled for the app until this is mended; then resume.',
  zh: '解决该问题之前无法撤回任何消息；解决后请恢复任务。',
};

/** What a person can do about an outcome. */
export function adviceFor(state: OutcomeState, retCode: number | null): Words {
  const kind = retCode === null ? null : meaningOf(retCode).class;
  return state === 'pending' && (kind === 'app' || kind === 'signature') ? forApp : byState[state];
}
