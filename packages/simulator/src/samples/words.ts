/*
 * Our own word lists. A few hundred real words, most frequent first, make the head of the distribution; the tail is
 * composed (two Chinese characters, or English syllables), because an index over a small vocabulary would flatter
 * nobody: every word would be in every hundredth message.
 */

export const chineseWords = words(`
  我 你 的 了 是 在 好 不 有 就 都 这个 我们 大家 今天 可以 没有 什么 怎么 一下 谢谢 现在 知道 时候 明天 晚上 已经 还是
  问题 工作 朋友 公司 下午 早上 老师 同学 孩子 吃饭 回家 电影 音乐 游戏 手机 电脑 网络 地铁 公交 天气 下雨 周末 时间 地方
  价格 便宜 订单 快递 收到 发货 退款 客服 活动 优惠 报名 通知 会议 文件 项目 测试 上线 版本 更新 修复 代码 数据 服务器
  火锅 咖啡 奶茶 苹果 西瓜 米饭 面条 北京 上海 深圳 广州 成都 杭州 医院 药店 学校 图书馆 公园 机场 酒店 旅游 照片 视频
  直播 主播 关注 点赞 评论 转发 群主 管理员 新人 欢迎 早安 晚安 哈哈 加油 辛苦 抱歉 没关系 太好了 真的 其实 可能 应该
`);

export const englishWords = words(`
  the to and you is it in of that for on this we are be have with not can will what just all was so up about out get
  like know time now good see today thanks from when there here how really think need work want back okay right
  tomorrow meeting please question order parcel ticket game match score update build release server photo video
  music weekend coffee lunch dinner train flight hotel weather price refund shipping address invoice account
  password office project deadline customer support group admin welcome everyone morning evening tonight great
  sorry maybe already again still never always someone anything nothing together between morning second round
`);

/** What a spam wave says. Whole phrases, so that a keyword search has something to find. */
export const chineseSpam = [
  '加微信 vx88213 免费领取',
  '兼职刷单 日结三百 加微信',
  '裸聊群 进群看资料',
  '代开发票 全国可开 加V',
  '稳赚不赔 跟单群 名额有限',
  '免费领红包 点击链接',
  '低价代充 秒到账',
  '贷款不看征信 当天放款',
];
export const englishSpam = [
  'earn $500 a day from home, dm me',
  'free casino bonus, claim now',
  'cheap viagra, no prescription',
  'crypto signals, guaranteed profit, join t.me/fastgain',
  'limited airdrop, connect your wallet',
];

/** Characters that the composed Chinese words are made of. */
export const chineseCharacters = [
  ...('天地人山水火土木金石日月星云风雨雪花草树鸟鱼马牛羊虎龙春夏秋冬东西南北中前后左右上下大小多少高低长短红黄蓝绿白黑' +
    '心手足口目耳头身家国城乡路桥车船门窗书笔纸画歌舞琴棋诗酒茶饭菜米面油盐酱醋新旧快慢轻重冷热甜苦'),
];

export const englishSyllables = [
  'ba',
  'cor',
  'den',
  'el',
  'fin',
  'gra',
  'hol',
  'in',
  'jo',
  'kel',
  'lum',
  'mar',
  'nor',
  'or',
  'pen',
  'qui',
  'ros',
  'sil',
  'tan',
  'ul',
  'ver',
  'wes',
  'xan',
  'yor',
  'zim',
];

function words(text: string): string[] {
  return text.trim().split(/\s+/);
}
