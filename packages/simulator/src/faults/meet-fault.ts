import type { Random } from '../random.ts';
import { fail, type Answer } from '../rest/answer.ts';
import { bendHistory } from './bend-history.ts';
import { addSurplus, leaveOneOut, shuffleList } from './bend-list.ts';
import type { Fault } from './fault.ts';

/** What goes back over the wire. `answer` is what the command said, where it ran although nobody is told. */
export type Reply =
  | { readonly kind: 'answer'; readonly answer: Answer; readonly delayMs?: number }
  | { readonly kind: 'http'; readonly status: number; readonly text: string; readonly answer?: Answer }
  | { readonly kind: 'hang' | 'reset'; readonly answer?: Answer };

/** Carries a command out; `forced` dictates the RetCodes of sequences, which are then left as they are. */
export type Run = (forced?: (msgSeq: number) => number | undefined) => Answer;

const errorPage = '<html><body><h1>Bad Gateway</h1></body></html>';

/** Runs the command, or not, as the fault that it meets will have it. */
export function meetFault(fault: Fault | undefined, run: Run, random: Random): Reply {
  if (!fault) return { kind: 'answer', answer: run() };
  const { effect, sequence } = fault;
  const bent = (bend: (list: readonly { MsgSeq: number }[]) => unknown): Reply => {
    const answer = run();
    const name = answer.RecallRetList ? 'RecallRetList' : 'RspMsgList';
    const list = answer[name] as { MsgSeq: number }[] | undefined;
    return { kind: 'answer', answer: list ? { ...answer, [name]: bend(list) } : answer };
  };
  switch (effect.kind) {
    case 'destroy-group':
      return { kind: 'answer', answer: run() };
    case 'latency':
      return { kind: 'answer', answer: run(), delayMs: effect.ms };
    case 'hang':
    case 'reset':
      return { kind: effect.kind };
    case 'apply-then-hang':
      return { kind: 'hang', answer: run() };
    case 'apply-then-reset':
      return { kind: 'reset', answer: run() };
    case 'http':
      return { kind: 'http', status: effect.status, text: errorPage, ...(effect.apply && { answer: run() }) };
    case 'garbage':
      return { kind: 'http', status: 200, text: '{"ActionStatus":"OK","Err', ...(effect.apply && { answer: run() }) };
    case 'error-code':
      return { kind: 'answer', answer: fail(effect.code), ...(effect.ms !== undefined && { delayMs: effect.ms }) };
    case 'poison':
      return { kind: 'answer', answer: fail(10004) };
    case 'sequence-code': {
      const forced = (msgSeq: number) => ((sequence ?? msgSeq) === msgSeq ? effect.code : undefined);
      return { kind: 'answer', answer: run(forced) };
    }
    case 'shuffle':
      return bent((list) => shuffleList(list, random));
    case 'missing':
      return bent((list) => leaveOneOut(list, random, sequence));
    case 'surplus':
      return bent((list) => addSurplus(list, random));
    case 'list-as-object':
    case 'other-name':
    case 'hole':
    case 'repeat':
    case 'short':
    case 'no-sequence':
    case 'large-random':
      return { kind: 'answer', answer: bendHistory(effect.kind, run(), random, sequence) };
    case 'wrong-md5':
      return { kind: 'answer', answer: otherChecksums(run()) };
    case 'cut-file':
    case 'expired-url':
      // Of downloads, which are no commands.
      return { kind: 'answer', answer: run() };
  }
}

function otherChecksums(answer: Answer): Answer {
  const { File: files } = answer;
  if (!Array.isArray(files)) return answer;
  const wrong = '0'.repeat(32);
  return { ...answer, File: files.map((file: object) => ({ ...file, FileMD5: wrong, GzipMD5: wrong })) };
}
