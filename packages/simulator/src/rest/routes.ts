import { clearGroupMsg } from './clear-group-msg.ts';
import type { Command } from './command.ts';
import { deleteGroupMsgBySender } from './delete-group-msg-by-sender.ts';
import { getAppidGroupList } from './get-appid-group-list.ts';
import { getGroupInfo } from './get-group-info.ts';
import { getHistory } from './get-history.ts';
import { getTopic } from './get-topic.ts';
import { groupMsgGetSimple } from './group-msg-get-simple.ts';
import { groupMsgRecall } from './group-msg-recall.ts';
import { importGroupMsg } from './import-group-msg.ts';
import { modifyGroupMsg } from './modify-group-msg.ts';
import { sendGroupMsg } from './send-group-msg.ts';

/** One command of the platform: `POST /v4/{service}/{command}`. */
export interface Route {
  readonly service: string;
  readonly command: string;
  /** Its own limit where it is not the app's ordinary one. */
  readonly callsPerSecond?: number;
  readonly run: Command;
}

export const routes: readonly Route[] = [
  { service: 'group_open_http_svc', command: 'group_msg_recall', run: groupMsgRecall },
  { service: 'group_open_http_svc', command: 'group_msg_get_simple', run: groupMsgGetSimple },
  { service: 'group_open_http_svc', command: 'send_group_msg', run: sendGroupMsg },
  { service: 'group_open_http_svc', command: 'import_group_msg', run: importGroupMsg },
  { service: 'openim', command: 'modify_group_msg', run: modifyGroupMsg },
  { service: 'group_open_http_svc', command: 'delete_group_msg_by_sender', run: deleteGroupMsgBySender },
  { service: 'group_open_http_svc', command: 'clear_group_msg', run: clearGroupMsg },
  { service: 'open_msg_svc', command: 'get_history', callsPerSecond: 10, run: getHistory },
  { service: 'group_open_http_svc', command: 'get_appid_group_list', callsPerSecond: 1, run: getAppidGroupList },
  { service: 'group_open_http_svc', command: 'get_group_info', run: getGroupInfo },
  { service: 'million_group_open_http_svc', command: 'get_topic', run: getTopic },
];
