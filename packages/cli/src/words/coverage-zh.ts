import type { Words } from './words.ts';

export const coverageZh: Words['coverage'] = {
  command: {
    coverage: '索引的完整程度，以及缺失最多的会话',
    register: '将没有回调的消息（通过 REST 发送或导入）登记到索引',
  },
  flag: {
    group: '仅该群组的会话；合计仍为整个应用',
    all: '全部会话',
  },
  file: '保存消息的 JSON 文件，或每行一个 JSON；- 表示标准输入',
  share: (share, sequences, conversations) => `${conversations} 个会话的 ${sequences} 个序号中，${share} 已有着落。`,
  nothing: '尚未发现任何会话。',
  missing: (missing, conversations) => `缺失：${conversations} 个会话中的 ${missing} 个；正在查询历史消息`,
  unreachable: (count) => `永久缺失：${count} 个；直播群和已解散的群没有可查询的历史消息`,
  refused: (count) => `历史被拒：${count} 个会话（10007）：所缺部分无法补读`,
  live: (count) => `直播群：${count} 个；所缺部分无法查询`,
  head: {
    place: '群组',
    kind: '类型',
    missing: '缺失',
    unreachable: '永久缺失',
    share: '完整率',
    history: '历史',
    newest: '最新序号',
    active: '最近活动',
  },
  history: { open: '可查询', none: '无', gone: '已解散', refused: '被拒（10007）' },
  failures: (state, count) => `${state}，失败 ${count} 次`,
  ofPlan: (share, missing, unreachable) =>
    `索引：这些会话的序号已有 ${share}${missing === 0 ? '' : `，缺失 ${missing} 个`}${unreachable === 0 ? '' : `，永久缺失 ${unreachable} 个`}`,
  nothingToRegister: (file) => `FILE：${file} 中没有消息`,
  notJson: (file, line) => `FILE：${file} 第 ${line} 行：不是 JSON 对象；请每行一条消息，或给出一个 JSON 消息数组`,
  noObject: '不是 JSON 对象',
  wrongMessage: (file, number, what) => `FILE：${file} 第 ${number} 条消息：${what}`,
  registeredBefore: (count) => `文件中前 ${count} 条消息已登记；重复登记同一文件无妨。`,
  registering: (done, total) => `正在登记：${done}/${total} …`,
  registered: (registered, known, dropped) => `新登记 ${registered} 条，已有 ${known} 条，被平台丢弃 ${dropped} 条`,
};
