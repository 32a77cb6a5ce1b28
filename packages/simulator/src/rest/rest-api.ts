import type { IncomingMessage, ServerResponse } from 'node:http';
import type { FaultBook } from '../faults/faults.ts';
import { meetFault, type Reply } from '../faults/meet-fault.ts';
import { readBody, respond, respondJson } from '../http.ts';
import type { PublishedFile, PublishedFiles } from '../history/published-files.ts';
import type { LedgerBook, LedgerCall } from '../ledger.ts';
import type { Random } from '../random.ts';
import type { Admission, Arrival } from './admission.ts';
import { fail } from './answer.ts';
import type { Body, CommandContext } from './command.ts';
import { isRecord } from './fields.ts';
import type { SlidingSecond } from './frequency.ts';
import { sequencesOf } from './group-msg-recall.ts';

export interface RestApiParts {
  readonly admit: (arrival: Arrival) => Admission;
  readonly ledger: LedgerBook;
  readonly faults: FaultBook;
  /** Draws for the faults. */
  readonly random: Random;
  /** Everything of a command's context that does not change from call to call. */
  readonly context: Omit<CommandContext, 'now' | 'identifier' | 'recalled' | 'publish' | 'countMessage' | 'forced'>;
  readonly published: PublishedFiles;
  /** Of each group, the messages of the last second. */
  readonly messagesOf: (groupId: string) => SlidingSecond;
  readonly destroyGroup: (groupId: string) => void;
  readonly wait: (ms: number) => Promise<void>;
}

/** Answers one REST call, and writes into the ledger what came of it. */
export type RestApi = (arrival: Arrival, request: IncomingMessage, response: ServerResponse) => Promise<void>;

export function createRestApi(parts: RestApiParts): RestApi {
  return async (arrival, request, response) => {
    const call = parts.ledger.open(arrival.at, arrival.path.slice(arrival.path.lastIndexOf('/') + 1));
    const admission = parts.admit(arrival);
    const raw = await readBody(request);
    if (!raw) return void request.destroy();
    const origin = `http://${request.headers.host}`;
    const reply = perform(parts, admission, { ...arrival, origin }, raw, call);
    record(call, reply);
    if (reply.kind === 'answer' && reply.delayMs !== undefined) await parts.wait(reply.delayMs);
    deliver(reply, request, response, call);
  };
}

function perform(
  parts: RestApiParts,
  admission: Admission,
  { at, now, origin }: { readonly at: number; readonly now: number; readonly origin: string },
  raw: Buffer,
  call: LedgerCall,
): Reply {
  const body = parseJson(raw);
  if (isRecord(body)) describe(call, body);
  if ('code' in admission) return { kind: 'answer', answer: fail(admission.code) };
  if (body === undefined) return { kind: 'answer', answer: fail(60003) };
  if (!isRecord(body)) return { kind: 'answer', answer: fail(10004, 'the body must be an object') };

  const { route, identifier } = admission;
  const fault = parts.faults.take(call);
  call.fault = fault?.effect.kind ?? null;
  const recalled = (msgSeqs: readonly number[]) => void (call.recalled = msgSeqs);
  // By the name that the caller knows the stand-in by, which inside a container is another one.
  const publish = (file: PublishedFile) => origin + parts.published.add(file);
  const countMessage = (groupId: string) => parts.messagesOf(groupId).count(at);
  const run = (forced?: (msgSeq: number) => number | undefined) =>
    route.run(body, { ...parts.context, now, identifier, recalled, publish, countMessage, forced });
  const reply = meetFault(fault, run, parts.random);
  if (fault?.effect.kind === 'destroy-group' && call.groupId !== null) parts.destroyGroup(call.groupId);
  return reply;
}

/** undefined for what is no JSON, and for an empty body. */
function parseJson(raw: Buffer): unknown {
  try {
    return JSON.parse(raw.toString());
  } catch {
    return undefined;
  }
}

function describe(call: LedgerCall, body: Body): void {
  call.groupId = typeof body.GroupId === 'string' ? body.GroupId : null;
  call.topicId = typeof body.TopicId === 'string' ? body.TopicId : null;
  call.sequences = sequencesOf(body);
  call.reqMsgSeq = typeof body.ReqMsgSeq === 'number' ? body.ReqMsgSeq : null;
  call.reqMsgNumber = typeof body.ReqMsgNumber === 'number' ? body.ReqMsgNumber : null;
  call.hour = call.command === 'get_history' && typeof body.MsgTime === 'string' ? body.MsgTime : null;
  call.reason = typeof body.Reason === 'string' ? body.Reason : null;
}

/** What was done stands in the ledger before anybody is told; that it was answered only once it is sent. */
function record(call: LedgerCall, { answer }: Reply): void {
  call.errorCode = answer?.ErrorCode ?? null;
  call.retCodes = answer?.RecallRetList ?? [];
  call.applied = answer?.ErrorCode === 0;
}

function deliver(reply: Reply, request: IncomingMessage, response: ServerResponse, call: LedgerCall): void {
  if (reply.kind === 'hang') return;
  if (reply.kind === 'reset') return void request.socket.resetAndDestroy();
  // The client gave up while a fault kept it waiting.
  if (response.destroyed) return;
  call.httpStatus = reply.kind === 'http' ? reply.status : 200;
  if (reply.kind === 'http') respond(response, reply.status, 'text/html', reply.text);
  else respondJson(response, 200, reply.answer);
}
