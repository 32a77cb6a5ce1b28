import { Api } from 'tls-sig-api-v2/TLSSigAPIv2.js';
import { createStandIn, type StandIn, type StandInOptions } from '../src/index.ts';

export const sdkAppId = 1400099001;
export const secretKey = 'c0ffee11'.repeat(8);
export const userSig = new Api(sdkAppId, secretKey).genSig('administrator', 86_400);

export interface CallResult {
  readonly status: number;
  readonly text: string;
  /** The parsed answer; only to be looked at where there is one. */
  readonly json: Record<string, unknown> & { readonly ErrorCode: number };
}

export interface CallOptions {
  readonly service?: string;
  readonly method?: string;
  /** Query parameters instead of the good ones; undefined leaves one out. */
  readonly query?: Record<string, string | undefined>;
  /** The body as it is, instead of JSON. */
  readonly raw?: string;
  readonly signal?: AbortSignal;
}

/** One REST call as an admin of the app would make it. */
export async function call(
  standIn: { readonly url: string },
  command: string,
  body: unknown,
  options: CallOptions = {},
): Promise<CallResult> {
  const query = Object.entries({
    sdkappid: String(sdkAppId),
    identifier: 'administrator',
    usersig: userSig,
    random: '7',
    contenttype: 'json',
    ...options.query,
  }).filter((entry): entry is [string, string] => entry[1] !== undefined);
  const { service = 'group_open_http_svc', method = 'POST', raw = JSON.stringify(body), signal } = options;
  const response = await fetch(`${standIn.url}/v4/${service}/${command}?${new URLSearchParams(query)}`, {
    method,
    ...(method === 'POST' && { body: raw }),
    ...(signal && { signal }),
  });
  const text = await response.text();
  return { status: response.status, text, json: parse(text) as CallResult['json'] };
}

export const recall = (standIn: { readonly url: string }, groupId: string, ...msgSeqs: number[]) =>
  call(standIn, 'group_msg_recall', { GroupId: groupId, MsgSeqList: msgSeqs.map((seq) => ({ MsgSeq: seq })) });

/** The RetCodes of a recall's answer, by sequence, in the answer's order. */
export function codesOf(result: CallResult): [number, number][] {
  const list = result.json.RecallRetList as { MsgSeq: number; RetCode: number }[];
  return list.map((item) => [item.MsgSeq, item.RetCode]);
}

/** Starts a stand-in that lives until `closeAll`. */
export async function start(options: Partial<StandInOptions> = {}): Promise<StandIn> {
  const standIn = await createStandIn({ sdkAppId, secretKey, ...options });
  open.push(standIn);
  return standIn;
}

const open: { close(): Promise<void> }[] = [];

/** Closes later, with the stand-ins. */
export function closeLater(thing: { close(): Promise<void> }): void {
  open.push(thing);
}

export async function closeAll(): Promise<void> {
  await Promise.all(open.splice(0).map((thing) => thing.close()));
}

/** A clock that stands still until it is moved. */
export function stoppedClock(startMs = Date.now()): { (): number; advance(ms: number): void } {
  let now = startMs;
  const clock = () => now;
  return Object.assign(clock, { advance: (ms: number) => void (now += ms) });
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
