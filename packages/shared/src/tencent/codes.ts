/**
 * What a code of the platform means for the work in hand.
 *
 * - `done`: the sequence is recalled
 * - `sequence`: final for the sequence
 * - `group`: final for all sequences of the conversation
 * - `batch`: the call was refused for a bad parameter: find the sequence that caused it
 * - `transient`: try again later
 * - `signature`: renew the UserSig, once
 * - `app`: nothing can be recalled for this app until a person acts
 * - `other`: not in any list: three attempts, then failed
 */
export type CodeClass = 'done' | 'sequence' | 'group' | 'batch' | 'transient' | 'signature' | 'app' | 'other';

/** How a sequence ends by a final code. */
export type FinalState = 'recalled' | 'not_found' | 'expired' | 'not_recallable' | 'failed';

export interface CodeMeaning {
  readonly class: CodeClass;
  /** Where the sequence ends when the code is final for it. */
  readonly state: FinalState;
  readonly en: string;
  readonly zh: string;
  /** The platform said that calls come too fast: the rate is lowered. */
  readonly throttle?: true;
  /** The least pause before the next attempt, ms. */
  readonly pauseMs?: number;
}

function code(
  kind: CodeClass,
  en: string,
  zh: string,
  more: { state?: FinalState; throttle?: true; pauseMs?: number } = {},
): CodeMeaning {
  return { class: kind, state: 'failed', en, zh, ...more };
}

/**
 * The codes that recalling can meet, from the platform's lists (intl 34348, intl 34965; cn 12341),
 * in classes.
 */
const table: Readonly<Record<number, CodeMeaning>> = {
  0: code('done', 'Recalled.', '已撤回。', { state: 'recalled' }),

  10030: code('sequence', 'The message does not exist.', '消息不存在。', { state: 'not_found' }),
  10031: code('sequence', 'The message is past the time limit for recalling.', '消息已超过可撤回的时限。', {
    state: 'expired',
  }),
  10032: code('sequence', 'This message cannot be recalled.', '该消息不支持撤回。', { state: 'not_recallable' }),

  10010: code('group', 'The group does not exist or was disbanded.', '群组不存在或已解散。', { state: 'not_found' }),
  10015: code('group', 'The group id is not valid, or the group was deleted.', '群组 ID 非法，或群组已被删除。', {
    state: 'not_found',
  }),
  10033: code('group', 'This type of group does not support recalling.', '该类型的群组不支持撤回。', {
    state: 'not_recallable',
  }),
  10007: code('group', 'No permission for this operation in this group.', '没有在该群组执行此操作的权限。'),

  10004: code('batch', 'A parameter is not valid.', '参数非法。'),

  10002: code('transient', 'Internal error of the platform.', '平台内部错误。'),
  10006: code('transient', 'The operation is too frequent.', '操作过于频繁。', { throttle: true }),
  10023: code('transient', 'Too many messages are being sent.', '消息发送过于频繁。', { throttle: true }),
  20004: code('transient', 'Internal error of the platform.', '平台内部错误。'),
  20005: code('transient', 'Internal error of the platform.', '平台内部错误。'),
  60007: code('transient', 'The API is called too often.', '接口调用超过频率限制。', { throttle: true }),
  60008: code('transient', 'The platform timed out.', '平台服务超时。'),
  60011: code('transient', 'The app calls the REST API too often.', '应用的 REST 调用超过频率限制。', {
    throttle: true,
  }),
  60014: code('transient', 'The platform timed out while switching accounts.', '平台切换账号超时。'),
  60018: code('transient', 'Too many requests; try again later.', '请求过多，请稍后重试。', { throttle: true }),
  60019: code('transient', 'Too many requests; try again later.', '请求过多，请稍后重试。', { throttle: true }),
  70050: code(
    'transient',
    'Too many failed signature checks; wait a minute.',
    '签名校验失败次数过多，请一分钟后重试。',
    { pauseMs: 60_000 },
  ),
  70169: code('transient', 'The platform timed out.', '平台服务超时。'),
  70202: code('transient', 'The platform timed out.', '平台服务超时。'),
  70500: code('transient', 'Internal error of the platform.', '平台内部错误。'),
  90992: code('transient', 'Internal error of the platform.', '平台内部错误。'),
  90994: code('transient', 'Internal error of the platform.', '平台内部错误。'),
  90995: code('transient', 'Internal error of the platform.', '平台内部错误。'),
  91000: code('transient', 'Internal error of the platform.', '平台内部错误。'),

  20002: code('signature', 'The UserSig is not valid.', 'UserSig 无效。'),
  60004: code('signature', 'The UserSig or identifier in the request is wrong.', '请求中的 UserSig 或管理员账号错误。'),
  60005: code('signature', 'The UserSig or identifier in the request is wrong.', '请求中的 UserSig 或管理员账号错误。'),
  70001: code('signature', 'The UserSig has expired.', 'UserSig 已过期。'),
  70003: code('signature', 'The UserSig is not valid.', 'UserSig 非法。'),
  70005: code('signature', 'The UserSig is not valid.', 'UserSig 非法。'),

  10041: code(
    'app',
    'Recalling is switched off for this app. Switch it on in the Chat console.',
    '该应用未开启消息撤回功能，请在控制台开启。',
  ),
  10026: code('app', 'This command is forbidden for the app.', '该应用被禁止使用此命令。'),
  60006: code(
    'app',
    'The SDKAppID is not valid. Check TENCENT_SDK_APP_ID.',
    'SDKAppID 非法，请检查 TENCENT_SDK_APP_ID。',
  ),
  60010: code(
    'app',
    'The identifier is not an administrator of the app. Check TENCENT_ADMIN.',
    '账号不是应用管理员，请检查 TENCENT_ADMIN。',
  ),
  60012: code('app', 'The request lacks the SDKAppID.', '请求缺少 SDKAppID。'),
  60016: code('app', 'The SDKAppID is disabled.', 'SDKAppID 已被禁用。'),
  60017: code('app', 'The request is disabled for this app.', '该请求已被禁用。'),
  60020: code(
    'app',
    'The plan of the app has expired, or was renewed less than five minutes ago.',
    '应用套餐已到期，或续费后尚未生效（约五分钟）。',
  ),
  60021: code(
    'app',
    "The server's IP address is not allowed. Check the allow list in the Chat console.",
    '服务器 IP 不在允许列表中，请检查控制台设置。',
  ),
  70009: code(
    'app',
    'The signature does not match the app. Check TENCENT_SECRET_KEY.',
    '签名校验失败，请检查 TENCENT_SECRET_KEY。',
  ),
  70013: code(
    'app',
    'The identifier does not match the UserSig. Check TENCENT_ADMIN.',
    '账号与 UserSig 不匹配，请检查 TENCENT_ADMIN。',
  ),
  70014: code(
    'app',
    'The SDKAppID does not match the UserSig. Check TENCENT_SDK_APP_ID.',
    'SDKAppID 与 UserSig 不匹配，请检查 TENCENT_SDK_APP_ID。',
  ),
  70016: code(
    'app',
    'The app has no key here: wrong key, or the host of another region. Check TENCENT_API_URL.',
    '未找到密钥：密钥错误或数据中心不符，请检查 TENCENT_API_URL。',
  ),
  70020: code(
    'app',
    'The app was not found here: wrong SDKAppID, or the host of another region. Check TENCENT_API_URL.',
    '未找到应用：SDKAppID 错误或数据中心不符，请检查 TENCENT_API_URL。',
  ),
  70051: code('app', 'The account is blocklisted.', '账号已被列入黑名单。'),
  70403: code('app', 'Administrator rights are needed. Check TENCENT_ADMIN.', '需要管理员权限，请检查 TENCENT_ADMIN。'),
  71000: code('app', 'The plan of the app does not allow this.', '应用套餐不支持此操作。'),
  72000: code('app', 'The plan of the app does not allow this.', '应用套餐不支持此操作。'),
  72001: code('app', 'The plan of the app does not allow this.', '应用套餐不支持此操作。'),

  10003: code('other', 'The command is not known.', '命令非法。'),
  60002: code('other', 'The request could not be parsed.', 'HTTP 请求解析失败。'),
  60003: code('other', "The request's JSON could not be parsed.", '请求的 JSON 解析失败。'),
  60009: code(
    'other',
    'The address of the API is wrong. Check TENCENT_API_URL.',
    '请求的资源错误，请检查 TENCENT_API_URL。',
  ),
};

const unknownCode = code('other', 'A code that is not in the lists known here.', '未收录的错误码。');

/** The meaning of any code, with its class; codes in no list are `other`. */
export function meaningOf(retCode: number): CodeMeaning {
  return Object.hasOwn(table, retCode) ? (table[retCode] ?? unknownCode) : unknownCode;
}

/** All codes with a meaning of their own, ascending. */
export const knownCodes: readonly number[] = Object.keys(table).map(Number);
