import fc from 'fast-check';
import { canary, eventually } from '@chat-recall/testkit';
import { startReceiverProcess } from '../receiver-process.ts';
import { token } from '../receiver-at-work.ts';
import { assemble, draft, type Case } from './cases.ts';
import { compareRows } from './compare.ts';
import { expect, type Expected, type ExpectedMark, type ExpectedMessage } from './model.ts';
import { createPoster, type Answer } from './post.ts';

const connections = 32;
/** Cases made at a time. */
const chunk = 500;
/** Faults that are told of. */
const mostTold = 10;

export interface Outcome {
  /** Sentences; none when all is as it should be. */
  readonly faults: readonly string[];
  /** How many cases came to what. */
  readonly counts: Readonly<Record<string, number>>;
  readonly seconds: number;
}

/** Posts so many generated callbacks to a receiver's process and compares what becomes of them with the model. */
export async function fuzzCallbacks(cases: number, seed: number): Promise<Outcome> {
  const began = Date.now();
  const leaks: string[] = [];
  const receiver = await startReceiverProcess({}, (line) => {
    if (line.includes(canary) || line.includes(token)) leaks.push(`the log repeats what was sent: ${line}`);
  });
  const poster = createPoster(`${receiver.url}/callback`, connections);
  const faults: string[] = [];
  const messages: ExpectedMessage[] = [];
  const marks: ExpectedMark[] = [];
  const counts: Record<string, number> = {};

  async function one(made: Case, serial: number): Promise<void> {
    const expected = expect(made);
    const answer = await poster.post(made);
    counts[labelOf(expected)] = (counts[labelOf(expected)] ?? 0) + 1;
    if (expected.kind === 'message') messages.push(expected.row);
    if (expected.kind === 'recall') marks.push(...expected.rows);
    const fault = judge(expected, answer);
    if (fault !== undefined) faults.push(`case ${serial}: ${fault}\n${describe(made)}`);
  }

  try {
    for (let first = 0; first < cases && faults.length < mostTold; first += chunk) {
      const drafts = fc.sample(draft, { numRuns: Math.min(chunk, cases - first), seed: seed + first });
      const made = drafts.map((each, at) => assemble(each, first + at)).entries();
      // As many workers as connections, each takes the next case.
      const work = async (): Promise<void> => {
        for (const [at, each] of made) await one(each, first + at);
      };
      await Promise.all(Array.from({ length: connections }, work));
    }
    faults.push(...(await compareRows(receiver.pool, { messages, marks }, began)));
    const { rowCount } = await receiver.pool.query('select 1 from quarantine');
    if (rowCount !== 0) faults.push(`${rowCount} callbacks were quarantined`);
    const stays = await eventually(async () => (await fetch(`${receiver.url}/readyz`)).status === 200);
    if (!stays) faults.push('the receiver is not ready afterwards');
  } finally {
    poster.close();
    await receiver.end();
  }
  return { faults: [...faults, ...leaks].slice(0, mostTold), counts, seconds: (Date.now() - began) / 1000 };
}

function judge(expected: Expected, { status, body }: Answer): string | undefined {
  if (status === 0) return `no answer: ${body}`;
  if (body.includes(canary) || body.includes(token)) return `the answer repeats what was sent: ${body}`;
  const { ActionStatus, ErrorCode, ErrorInfo } = JSON.parse(body) as Record<string, unknown>;
  if (expected.kind !== 'refused') {
    const isOk = status === 200 && ActionStatus === 'OK' && ErrorCode === 0 && ErrorInfo === '';
    return isOk ? undefined : `${status} ${body} instead of OK`;
  }
  const isRefusal =
    ActionStatus === 'FAIL' &&
    expected.codes.includes(Number(ErrorCode)) &&
    status === Math.floor(Number(ErrorCode) / 100);
  if (!isRefusal) return `${status} ${body} instead of ${expected.codes.join(' or ')}`;
  const field = String(ErrorInfo).split(':', 1)[0] ?? '';
  return expected.fields === undefined || expected.fields.includes(field)
    ? undefined
    : `${body} instead of one of ${expected.fields.join(', ')}`;
}

function labelOf(expected: Expected): string {
  return expected.kind === 'refused' ? `refused ${expected.codes.join(' or ')}` : expected.kind;
}

function describe({ bytes, ...rest }: Case): string {
  return `${JSON.stringify(rest)}\n${bytes.subarray(0, 2_000).toString('latin1')}`;
}
