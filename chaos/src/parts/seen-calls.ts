/** A recall call on its way: Unix milliseconds. */
export interface SeenCall {
  /** See `callKey`. */
  readonly key: string;
  /** When it had left the worker. */
  readonly leftAt: number;
  /** When its first bytes went on to the platform. */
  readonly forwardedAt: number;
}

/** What the proxies before the platform saw go through them. */
export interface SeenCalls {
  readonly calls: readonly SeenCall[];
  /** May be in no log. */
  readonly userSigs: ReadonlySet<string>;
  note(piece: Buffer, receivedAt: number, forwardedAt: number): void;
}

/** Tells calls apart, as far as they differ. */
export function callKey(reason: string | null, owner: string, sequences: readonly number[]): string {
  return `${reason} ${owner} ${sequences.join(',')}`;
}

interface Body {
  readonly GroupId?: string;
  readonly TopicId?: string;
  readonly Reason?: string;
  readonly MsgSeqList?: readonly { readonly MsgSeq: number }[];
}

/** Reads requests as they pass, head and body in one piece, as undici writes them. */
export function createSeenCalls(): SeenCalls {
  const calls: SeenCall[] = [];
  const userSigs = new Set<string>();
  return {
    calls,
    userSigs,
    note(piece, receivedAt, forwardedAt) {
      const text = piece.toString('utf8');
      const sig = /[?&]usersig=(?<sig>[^&\s]+)/u.exec(text)?.groups?.['sig'];
      if (sig !== undefined) userSigs.add(decodeURIComponent(sig));
      if (!text.includes('/group_msg_recall?')) return;
      const { GroupId, TopicId, Reason, MsgSeqList = [] } = bodyOf(text);
      const sequences = MsgSeqList.map(({ MsgSeq }) => MsgSeq);
      const key = callKey(Reason ?? null, TopicId ?? GroupId ?? '', sequences);
      calls.push({ key, leftAt: receivedAt, forwardedAt });
    },
  };
}

function bodyOf(request: string): Body {
  try {
    return JSON.parse(request.slice(request.indexOf('\r\n\r\n') + 4)) as Body;
  } catch {
    return {};
  }
}
