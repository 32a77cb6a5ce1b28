import type { Fault } from '../api/problem.ts';
import type { Language } from '../words/language.ts';

/** The API tells faults in English; these are the ones that people meet. */
const chinese: readonly (readonly [RegExp, string])[] = [
  [/^is required$/u, '必填'],
  [/^must not be (?:empty|blank)$/u, '不能为空'],
  [/^must have (\d+) characters at most$/u, '最多 $1 个字符'],
  [/^must not contain U\+0000 or half a character$/u, '包含无法处理的字符'],
  [/^holds nothing to search for$/u, '没有可搜索的内容'],
  [/^must be a time such as .*$/u, '必须是日期和时间'],
  [/^must be later than sentFrom$/u, '必须晚于“起始时间”'],
  [/^must be (\d+) or more$/u, '必须大于等于 $1'],
  [/^must be (\d+) or less$/u, '必须小于等于 $1'],
  [/^must be a whole number.*$/u, '必须是整数'],
  [/^must name (\d+) sequences at most.*$/u, '最多 $1 个序号'],
  [/^must be 0 with verifySenders or refresh.*$/u, '不能与核对发送者或重新读取内容同时使用：后到的消息来不及核对'],
  [/^(?:must be 0: the selector )?names sequences and nothing else.*$/u, '仅按序号指定消息时，不会有新消息匹配'],
  [/^must be in the future, within (\d+) days$/u, '必须在今后 $1 天以内'],
  [/^must be in the past$/u, '必须早于现在'],
  [/^is an erased person already$/u, '该用户的数据已被删除'],
  [/^must not name the person.*$/u, '不能包含该用户的 ID：原因会被保存，也会记入审计'],
  [/^selects nothing.*$/u, '请填写发送者、关键词、消息序号，或完整的时间范围'],
];

export function faultText({ message }: Fault, language: Language): string {
  if (language === 'en') return message;
  const [pattern, words] = chinese.find(([known]) => known.test(message)) ?? [];
  return pattern === undefined || words === undefined ? message : message.replace(pattern, words);
}
