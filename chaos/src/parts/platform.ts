import { repository, spawnProcess } from '@chat-recall/local';
import type { CallbackBody, Fault, LedgerCall, NewGroup, NewMessage, StoredMessage } from '@chat-recall/simulator';

/** The stand-in as a process of its own, and its own door. It is never harmed: it knows what is true. */
export interface Platform {
  readonly port: number;
  addGroups(groups: readonly NewGroup[]): Promise<void>;
  /** Writes messages; their callbacks are for the caller to post. */
  send(
    messages: readonly NewMessage[],
  ): Promise<readonly { msgSeq: number; msgTime: number; callback: CallbackBody }[]>;
  addFault(fault: Omit<Fault, 'times'>): Promise<number>;
  removeFault(id: number): Promise<void>;
  clearFaults(): Promise<void>;
  recallCalls(): Promise<readonly LedgerCall[]>;
  messages(): Promise<readonly StoredMessage[]>;
  stop(): Promise<void>;
}

export interface PlatformOptions {
  readonly sdkAppId: number;
  readonly secretKey: string;
  readonly webhookUrl: string;
  readonly webhookToken: string;
}

export async function startPlatform(options: PlatformOptions): Promise<Platform> {
  const child = await spawnProcess({
    script: `${repository}packages/simulator/dist/main.js`,
    env: {
      STANDIN_PORT: '0',
      STANDIN_SDK_APP_ID: String(options.sdkAppId),
      STANDIN_SECRET_KEY: options.secretKey,
      STANDIN_WEBHOOK_URL: options.webhookUrl,
      STANDIN_WEBHOOK_TOKEN: options.webhookToken,
    },
  });
  const line = await child.waitForLine(/ on http/u);
  const url = / on (?<url>http\S+)/u.exec(line)?.groups?.['url'] ?? '';

  async function ask<T>(method: string, path: string, body?: unknown): Promise<T> {
    const answer = await fetch(`${url}/_standin/${path}`, {
      method,
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    if (!answer.ok) throw new Error(`the stand-in refused ${method} ${path}: ${await answer.text()}`);
    return (await answer.json()) as T;
  }
  return {
    port: Number(new URL(url).port),
    addGroups: async (groups) => void (await ask('POST', 'groups', groups)),
    async send(messages) {
      const held = messages.map((message) => ({ ...message, callback: false }));
      return (await ask<{ sent: Awaited<ReturnType<Platform['send']>> }>('POST', 'send', held)).sent;
    },
    async addFault(fault) {
      const { ids } = await ask<{ ids: number[] }>('POST', 'faults', { ...fault, times: 'forever' });
      return ids[0] ?? 0;
    },
    removeFault: async (id) => void (await ask('DELETE', `faults?id=${id}`)),
    clearFaults: async () => void (await ask('DELETE', 'faults')),
    recallCalls: async () => (await ask<{ calls: LedgerCall[] }>('GET', 'ledger?command=group_msg_recall')).calls,
    messages: async () => (await ask<{ messages: StoredMessage[] }>('GET', 'messages')).messages,
    stop: async () => void (await child.stop()),
  };
}
