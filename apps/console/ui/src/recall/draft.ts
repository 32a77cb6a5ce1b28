import type { Selector } from '@chat-recall/client/types';

/** What is typed of a selector. */
export interface SelectorDraft {
  readonly senders: string;
  readonly excludeSenders: string;
  readonly keywords: string;
  readonly groupIds: string;
  readonly topicIds: string;
  readonly from: string;
  readonly to: string;
  readonly sequences: string;
  readonly sameTextAs: NonNullable<Selector['sameTextAs']> | null;
  readonly limit: string;
}

/** What is typed into the form of a new recall. */
export interface Draft extends SelectorDraft {
  readonly reason: string;
  readonly priority: 'urgent' | 'normal' | 'bulk';
  readonly canary: boolean;
  readonly canaryMessages: string;
  readonly canaryShare: string;
  /** Seconds, one of those that are offered. */
  readonly follow: string;
  readonly verifySenders: boolean;
  readonly refresh: boolean;
}

const unasked = { follow: '0', verifySenders: false, refresh: false } as const;

const prefix = 'chat-recall.draft.';

/** The link to a form that begins with a selector. Lists that are pasted or read from a file are never in an address. */
export function draftLink(selector: Selector): string {
  return `/recalls/new?selector=${encodeURIComponent(JSON.stringify(selector))}`;
}

/** 128 random bits. `crypto.randomUUID` is not there over plain http from another machine. */
export function newDraftId(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, '0')).join('');
}

export function loadDraft(id: string): Draft | null {
  const stored = sessionStorage.getItem(prefix + id);
  // Of an older page it may lack what was added since.
  return stored === null ? null : ({ ...unasked, ...JSON.parse(stored) } as Draft);
}

export function saveDraft(id: string, draft: Draft): void {
  try {
    sessionStorage.setItem(prefix + id, JSON.stringify(draft));
  } catch {
    // Full: a list of many thousand sequences. The form still has it.
  }
}

export function dropDraft(id: string): void {
  sessionStorage.removeItem(prefix + id);
}

/**
 * The key under which a draft becomes a recall: of the draft and of what it says. Double clicks and a
 * second tab with the same address make one recall; what was changed since makes another one.
 */
export function idempotencyKey(draftId: string, body: unknown): string {
  return `${draftId}-${hashOf(JSON.stringify(body))}`;
}

/** cyrb53: 53 bits, to tell versions of one draft apart. */
function hashOf(text: string): string {
  let one = 0xdeadbeef;
  let two = 0x41c6ce57;
  for (let at = 0; at < text.length; at += 1) {
    const unit = text.charCodeAt(at);
    one = Math.imul(one ^ unit, 2_654_435_761);
    two = Math.imul(two ^ unit, 1_597_334_677);
  }
  one = Math.imul(one ^ (one >>> 16), 2_246_822_507) ^ Math.imul(two ^ (two >>> 13), 3_266_489_909);
  two = Math.imul(two ^ (two >>> 16), 2_246_822_507) ^ Math.imul(one ^ (one >>> 13), 3_266_489_909);
  return (4_294_967_296 * (2_097_151 & two) + (one >>> 0)).toString(36);
}

export function draftFrom(selector: Selector, toLocal: (iso: string) => string): Draft {
  const lines = (list: readonly string[] | undefined): string => (list ?? []).join('\n');
  return {
    senders: lines(selector.senders),
    excludeSenders: lines(selector.excludeSenders),
    keywords: lines(selector.keywords),
    groupIds: lines(selector.groupIds),
    topicIds: lines(selector.topicIds),
    from: selector.sentFrom === undefined ? '' : toLocal(selector.sentFrom),
    to: selector.sentTo === undefined ? '' : toLocal(selector.sentTo),
    sequences: (selector.messages ?? [])
      .flatMap(({ groupId, topicId, msgSeqs }) =>
        msgSeqs.map((sequence) =>
          [groupId, topicId ?? '', sequence]
            .filter((part) => part !== '')
            .map(quoted)
            .join(','),
        ),
      )
      .join('\n'),
    sameTextAs: selector.sameTextAs ?? null,
    limit: selector.limit === undefined ? '' : String(selector.limit),
    reason: '',
    priority: 'normal',
    canary: false,
    canaryMessages: '20',
    canaryShare: '10',
    ...unasked,
  };
}

function quoted(part: string | number): string {
  const text = String(part);
  return /[",\n]/u.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
