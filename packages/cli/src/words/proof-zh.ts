import type { Words } from './words.ts';

export const proofZh: Words['proof'] = {
  command: {
    verify: '查询历史消息，核实撤回的消息是否确已消失',
    findings: '历史消息与回调不一致的计划消息',
  },
  flag: {
    all: '撤回回调已确认的也一并核实',
    watch: '随后等待核实完成',
    verifySenders: '先与历史消息比对发送者，不一致的不列入',
    refresh: '先重新读取内容，已被编辑且不再匹配的不列入',
  },
  field: { proof: '证明', check: '比对' },
  grades: (answered, confirmed, verified, unproved) =>
    `应答 ${answered} 条，确认 ${confirmed} 条，核实 ${verified} 条；${unproved === 0 ? '全部已证明' : `未证明 ${unproved} 条`}`,
  line: (grades) => `证明：${grades}`,
  flagged: (id) => `结束后五分钟内无人确认。请查询历史消息：recall verify ${id}`,
  wanted: '正在查询历史消息',
  unverifiable: (count) =>
    `${count} 条无法由历史消息核实（直播群、已解散的群、一分钟内的应答，或 worker 未开启历史读取）`,
  disproved: (count, id) => `${count} 条消息虽有撤回应答却仍然存在，现记为失败。重新调用：recall retry ${id}`,
  asked: (id) => `正在就任务 ${id} 查询历史消息。recall verify ${id} --watch`,
  progress: (verified, answered) => `正在查询历史消息：${answered} 条中已核实 ${verified} 条 …`,
  ended: (grades) => `历史消息查询完毕：${grades}。`,
  timedOut: (id) => `等待超时；查询仍在继续。recall show ${id}`,
  interrupted: (id) => `查询仍在继续。recall show ${id}`,
  checking: (checked) => `正在制定计划：已与历史消息比对 ${checked} 条 …`,
  checkOf: { senders: '发送者', texts: '内容', both: '发送者和内容' },
  checked: (what, count) => `已与历史消息比对 ${count} 条的${what}`,
  senderDiffers: (count) => `${count} 条发送者不符，未列入`,
  noMatch: (count) => `${count} 条已被编辑且不再匹配，未列入`,
  edited: (count) => `${count} 条已被编辑，仍在计划内`,
  notCompared: (count) => `${count} 条无法比对`,
  seeFindings: (id) => `与历史消息的差异：recall findings ${id}`,
  findingHead: {
    place: '群组',
    seq: '序号',
    finding: '差异',
    sender: '发送者',
    told: '历史发送者',
    text: '历史内容',
  },
  finding: {
    sender_differs: '发送者不符，未列入',
    no_match: '已编辑，未列入',
    edited: '已编辑，在计划内',
  },
  noFindings: '没有与历史消息不一致之处。',
};
