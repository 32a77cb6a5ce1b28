import type { Words } from './words.ts';

export const healthZh: Words['health'] = {
  command: '系统状况：回调、告警、调用、批次、索引、错误',
  field: { callbacks: '回调', alarm: '告警', calls: '调用', batches: '批次', index: '索引' },
  callbacks: (perSecond, delays, last) =>
    `每秒 ${perSecond} 次${delays === '' ? '' : `，延迟 ${delays}`}；${last === '' ? '尚未收到' : `最近一次在 ${last} 前`}`,
  delays: (p50, p95) => `${p50} 秒（p50）、${p95} 秒（p95）`,
  silent: (spoke, last) =>
    `群组有新消息（平台在 ${spoke} 前告知），但${last === '' ? '从未收到回调' : `最近一次回调在 ${last} 前`}`,
  calls: (perSecond, limit, slowed) =>
    `每秒 ${perSecond} 次，上限 ${limit}${slowed === '' ? '' : `；因平台频率限制已降至 ${slowed}`}`,
  batches: (waiting, queued, running, oldest) =>
    `等待 ${waiting}，排队 ${queued}，执行中 ${running}${oldest === '' ? '' : `；最早的已排队 ${oldest}`}`,
  index: (missing, conversations, refused) =>
    missing === 0 && refused === 0
      ? '没有尚可查询的缺失'
      : `${conversations} 个会话缺失 ${missing} 个序号${refused === 0 ? '' : `，${refused} 个会话的历史被拒（10007）`}：recall coverage`,
  commandsTitle: '两天内的回调',
  commandHead: { command: '命令', count: '次数', last: '最近', details: '内容' },
  errorsTitle: '一小时内的拒绝',
  doctorSilentAdvice:
    '平台控制台中“群内发言之后回调”是否已开启，地址是否指向接收端？另请查看接收端日志中被拒绝的回调。',
  doctorIndexOk: '没有尚可查询的缺失',
  doctorIndexMissing: (missing, conversations) => `${conversations} 个会话中有 ${missing} 个序号尚未进入索引`,
  doctorIndexAdvice:
    '缺失一分钟后会自动查询历史消息。如一直缺失：工作进程是否在运行，TENCENT_HISTORY_CALLS_PER_SECOND 是否大于 0，`recall coverage` 显示什么？',
  doctorHistoryOk: '没有已知被拒的会话',
  doctorHistoryRefused: (conversations) => `${conversations} 个会话的历史消息被拒（10007：无权限）`,
  doctorHistoryAdvice:
    '所缺部分无法补读。TENCENT_ADMIN 是否为应用的管理员？某些群类型也没有可读的历史消息。`recall coverage --all` 会列出它们。',
};
