/** What a handler gives back; `send.ts` speaks HTTP. */
export type Answer =
  | { readonly kind: 'json'; readonly status: number; readonly headers: Headers; readonly body: unknown }
  | { readonly kind: 'text'; readonly status: number; readonly headers: Headers; readonly text: string }
  | { readonly kind: 'empty'; readonly status: number; readonly headers: Headers }
  | {
      readonly kind: 'stream';
      readonly status: number;
      readonly headers: Headers;
      readonly chunks: AsyncIterable<string>;
    };

type Headers = Readonly<Record<string, string>>;

export function json(body: unknown, status = 200, headers: Headers = {}): Answer {
  return { kind: 'json', status, headers, body };
}

/** Done, and there is nothing to tell. */
export function noContent(headers: Headers = {}): Answer {
  return { kind: 'empty', status: 204, headers };
}

export function plainText(text: string, type: string): Answer {
  return { kind: 'text', status: 200, headers: { 'content-type': type }, text };
}

/** Sent chunk by chunk as fast as the client reads; nothing more is made once it is gone. */
export function stream(chunks: AsyncIterable<string>, headers: Headers): Answer {
  return { kind: 'stream', status: 200, headers, chunks };
}
