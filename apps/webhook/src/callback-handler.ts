import type { IncomingMessage } from 'node:http';
import type { ReadContent } from '@chat-recall/shared/messages';
import { answerOk, answerRefusal } from './answer.ts';
import { authenticate, type Credentials } from './authenticate.ts';
import type { Batcher, Fate } from './batcher.ts';
import { readCallbackQuery, type CallbackQuery } from './callback-query.ts';
import { commandLabel, parserOf } from './callbacks/commands.ts';
import type { CommandCounts } from './command-counts.ts';
import type { Figures } from './figures.ts';
import { parseBody } from './parse-body.ts';
import { discardBody, type BodyReader } from './read-body.ts';
import { malformedField, refusals, type Refusal } from './refusals.ts';
import type { Handle, Prove } from './server.ts';
import type { Entry } from './write-entries.ts';

export interface CallbackHandlerOptions {
  readonly credentials: Credentials;
  readonly batcher: Batcher<Entry>;
  readonly bodies: BodyReader;
  readonly figures: Figures;
  readonly counts: CommandCounts;
  /** What of a message goes into the index. */
  readonly read: ReadContent;
  /** Unix milliseconds. */
  readonly now: () => number;
  onRefused(refusal: Refusal, command: string): void;
  onError(error: unknown): void;
}

/** What a callback came to; answered OK, or with a refusal. */
type Result = 'stored' | 'quarantined' | 'spooled' | 'online_only' | 'noted' | 'ignored' | 'broken_off' | Refusal;

/**
 * The callback path, in front of any router. What can be told from the head is told before a byte of
 * the body is read; OK is answered only for what is durable or knowingly ignored (intl 34354).
 */
export function createCallbackHandler(options: CallbackHandlerOptions): Handle {
  const { credentials, batcher, bodies, figures, counts, read, now } = options;

  function judgeHead(request: IncomingMessage, query: CallbackQuery, prove: Prove): Refusal | undefined {
    if (request.method !== 'POST') return refusals.notPost;
    const verdict = authenticate(query, credentials, now());
    if (verdict !== 'authentic') return refusals[verdict];
    prove(request.socket);
    if (query.command === undefined || query.command === '') return refusals.commandMissing;
    const { 'content-length': length, 'content-encoding': encoding } = request.headers;
    if (encoding !== undefined && encoding.toLowerCase() !== 'identity') return refusals.encoded;
    if (length !== undefined && Number(length) > bodies.maxBytes) return refusals.tooLarge;
    return batcher.hasRoom() ? undefined : refusals.full;
  }

  async function take(request: IncomingMessage, appId: number, command: string): Promise<Result> {
    const raw = await bodies.read(request);
    if (raw === 'broken_off') return raw;
    if (raw === 'too_large') return refusals.tooLarge;
    if (raw === 'no_room') return refusals.full;
    const body = parseBody(raw);
    if ('refusal' in body) return body.refusal;
    if (body.fields['CallbackCommand'] !== command) return refusals.commandsDiffer;
    const parse = parserOf(command);
    if (parse === undefined) {
      counts.count(appId, command);
      return 'ignored';
    }
    const receivedAt = now();
    const content = parse(body.fields, receivedAt, read);
    if (content.kind === 'malformed') return malformedField(content.fault);
    counts.count(appId, command, content.kind === 'noted' ? content.details : undefined);
    if (content.kind === 'online_only' || content.kind === 'noted') return content.kind;
    const rows = content.kind === 'recalled' ? content.msgSeqs.length : 1;
    if (!batcher.hasRoom()) return refusals.full;
    const fate = await batcher.add({ content, appId, command, receivedAt, raw }, { rows, bytes: raw.length });
    if (fate === 'stored' && content.eventTime !== undefined) figures.delay((now() - content.eventTime) / 1000);
    return outcomes[fate];
  }

  return async (request, response, search, prove) => {
    const query = readCallbackQuery(search);
    const { command } = query;
    let result: Result | undefined = judgeHead(request, query, prove);
    const expectsContinue = request.headers.expect !== undefined;
    if (result !== undefined) {
      // Whether the body still comes is for the sender to say: this connection cannot go on.
      if (expectsContinue) response.shouldKeepAlive = false;
    } else {
      if (expectsContinue) response.writeContinue();
      try {
        result = await take(request, Number(query.sdkAppId), String(command));
      } catch (error) {
        options.onError(error);
        result = refusals.failed;
      }
    }
    const label = commandLabel(command);
    if (typeof result === 'string') {
      figures.callback(label, result);
      if (result !== 'broken_off') answerOk(response);
      return;
    }
    figures.callback(label, result.reason);
    options.onRefused(result, label);
    answerRefusal(response, result);
    if (!request.complete) discardBody(request);
  };
}

const outcomes: Record<Fate, Result> = {
  stored: 'stored',
  quarantined: 'quarantined',
  spooled: 'spooled',
  lost: refusals.notStored,
};
