import { repository, spawnProcess } from '@chat-recall/local';
import type { LedgerCall } from '@chat-recall/simulator';
import type { Filled } from '../fill/fill-messages.ts';

/** The stand-in as a process of its own: within the bench it would see calls late whenever that is busy. */
export interface Platform {
  readonly url: string;
  readonly pid: number;
  readonly appId: number;
  readonly secretKey: string;
  /** Recall calls that arrived since then, Unix milliseconds; in order. */
  calls(since?: number): Promise<readonly LedgerCall[]>;
  /** Gives it the groups that the index was filled with, and as many messages in each; without them it answers 10030. */
  fill(filled: Filled, options?: { readonly messages: boolean }): Promise<void>;
  /** From now on recalls are carried out at once, and answered so much later, ms. */
  answerAfter(ms: number): Promise<void>;
  stop(): Promise<unknown>;
}

const secretKey = '5748cd0ae1b24df9b6a1f0a3c2d4e5f65748cd0ae1b24df9b6a1f0a3c2d4e5f6';

export async function startPlatform(appId: number): Promise<Platform> {
  const child = await spawnProcess({
    script: `${repository}packages/simulator/dist/main.js`,
    env: { STANDIN_PORT: '0', STANDIN_SDK_APP_ID: String(appId), STANDIN_SECRET_KEY: secretKey },
  });
  const line = await child.waitForLine(/ on http/u);
  const url = / on (?<url>http\S+)/u.exec(line)?.groups?.['url'] ?? '';

  async function post(path: string, body: unknown): Promise<void> {
    const answer = await fetch(`${url}/_standin/${path}`, { method: 'POST', body: JSON.stringify(body) });
    if (!answer.ok) throw new Error(`the stand-in refused ${path}: ${await answer.text()}`);
  }
  return {
    url,
    pid: child.pid,
    appId,
    secretKey,
    async calls(since = 0) {
      const answer = await fetch(`${url}/_standin/ledger?command=group_msg_recall&since=${since}`);
      return ((await answer.json()) as { calls: LedgerCall[] }).calls;
    },
    async fill({ conversations, from, to }, options = { messages: true }) {
      const groups = new Map<string, { groupId: string; type: string; topics: string[] }>();
      for (const { groupId, topicId, groupType } of conversations) {
        const group = groups.get(groupId) ?? { groupId, type: groupType, topics: [] };
        if (topicId !== '') group.topics.push(topicId);
        groups.set(groupId, group);
      }
      await post('groups', [...groups.values()]);
      if (!options.messages) return;
      for (const { groupId, topicId, messages } of conversations) {
        await post('history', {
          groupId,
          topicId: topicId === '' ? null : topicId,
          count: messages,
          sentFrom: Math.floor(from / 1_000),
          sentTo: Math.floor(to / 1_000),
        });
      }
    },
    answerAfter: (ms) =>
      post('faults', { command: 'group_msg_recall', times: 'forever', effect: { kind: 'latency', ms } }),
    stop: () => child.stop(),
  };
}
