import { eventually } from '../processes/eventually.ts';

/** What the demo reads of a recall; the console's API says more. */
export interface DemoRecall {
  readonly id: string;
  readonly state: string;
  readonly counts: Readonly<Record<string, number>>;
  readonly batches: { readonly total: number; readonly done: number };
  readonly finishedAt: string | null;
}

/** The console's admin API, as a pipeline would use it. */
export function createApi(baseUrl: string, token: string) {
  async function request<T>(path: string, init: RequestInit = {}): Promise<T> {
    const response = await fetch(`${baseUrl}/api/v1/${path}`, {
      ...init,
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    });
    if (!response.ok) throw new Error(`${path}: HTTP ${response.status} ${await response.text()}`);
    return (await response.json()) as T;
  }
  return {
    create: (body: object) => request<DemoRecall>('recalls', { method: 'POST', body: JSON.stringify(body) }),
    read: (id: string) => request<DemoRecall>(`recalls/${id}`),
    messages: (query: Record<string, string>) =>
      request<{ items: { msgSeq: number }[] }>(`messages?${new URLSearchParams(query).toString()}`),
  };
}

export type Api = ReturnType<typeof createApi>;

/** Makes a recall and waits for its end, with its progress told. */
export async function runRecall(
  api: Api,
  request: object,
  onProgress: (done: number, total: number) => void,
): Promise<DemoRecall> {
  const { id } = await api.create(request);
  return eventually(
    async () => {
      const recall = await api.read(id);
      onProgress(recall.batches.done, recall.batches.total);
      if (recall.state === 'paused' || recall.state === 'failed') throw new Error(`recall ${id} is ${recall.state}`);
      return recall.finishedAt !== null && recall;
    },
    { timeoutMs: 60_000, what: `the end of recall ${id}` },
  );
}
