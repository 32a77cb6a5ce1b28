import { describe, expect, it } from '@jest/globals';
import type { LedgerCall, StoredMessage } from '@chat-recall/simulator';
import { checkCancelled, checkPlanned, checkRate, checkWrittenAhead } from '../src/checks/calls.ts';
import { departures } from '../src/checks/departures.ts';
import type { Facts, OutcomeRow, RecallFacts } from '../src/checks/facts.ts';
import { checkOutcomes } from '../src/checks/outcomes.ts';
import { checkAnswered, checkCounts } from '../src/checks/rest.ts';
import { callKey } from '../src/parts/seen-calls.ts';

const at = 1_800_000_000_000;
const owner = '@TGS#1';

function call(more: Partial<LedgerCall> = {}): LedgerCall {
  return {
    id: 1,
    at,
    command: 'group_msg_recall',
    groupId: owner,
    topicId: null,
    sequences: [1],
    reason: 'chaos r1',
    reqMsgSeq: null,
    reqMsgNumber: null,
    hour: null,
    httpStatus: 200,
    errorCode: 0,
    retCodes: [{ MsgSeq: 1, RetCode: 0 }],
    applied: true,
    recalled: [1],
    fault: null,
    ...more,
  };
}

function outcome(state: string, retCode: number | null = 0): OutcomeRow {
  return { key: `${owner}:1`, owner, msgSeq: 1, state, retCode, lostSince: null, tries: 1 };
}

/** One recall of one message, which is recalled, and nothing else. */
function facts(recall: Partial<RecallFacts> = {}, more: Partial<Facts> = {}): Facts {
  const calls = recall.calls ?? [call()];
  const counts = { planned: 1, recalled: 1 };
  return {
    answered: [],
    stored: new Map(),
    truth: new Map([[`${owner}:1`, { recalled: { at, by: 'administrator' } } as StoredMessage]]),
    recalls: [
      {
        planned: { at: 0, name: 'r1', priority: 'normal', pick: { by: 'sender', sender: 1 }, cancelAfterMs: null },
        id: '1',
        cancelledAt: null,
        view: { id: '1', state: 'completed', stateNote: null, counts, batches: { total: 1, done: 1 }, finishedAt: 'x' },
        outcomes: [outcome('recalled')],
        attempts: [{ owner, msgSeqs: [1], startedAt: at - 5, result: 'answered', pid: 1 }],
        calls,
        batches: { total: 1, done: 1 },
        ...recall,
      },
    ],
    calls,
    leftAt: new Map(calls.map((one) => [one, one.at])),
    standstills: [],
    selfEnded: [],
    terminations: [],
    auditBrokenAt: null,
    auditRows: 0,
    ...more,
  };
}

const violations = ({ violations: found }: { violations: readonly unknown[] }): number => found.length;

describe('answered callbacks', () => {
  const answered = [{ owner, msgSeq: 1, at, receiver: 1 }];
  it.each([
    ['by the callback', [[`${owner}:1`, 0]], 0],
    ['by history alone', [[`${owner}:1`, 2]], 1],
    ['not at all', [], 1],
  ] as const)('must be stored: %s', (_how, stored, wrong) => {
    expect(violations(checkAnswered(facts({}, { answered, stored: new Map(stored) })))).toBe(wrong);
  });
});

describe('outcomes', () => {
  const lost = call({ httpStatus: null, fault: 'apply-then-hang' });
  const refused = (code: number) =>
    call({ at: at + 100, recalled: [], retCodes: [{ MsgSeq: 1, RetCode: code }], applied: true });

  it('that are what the ledger says pass', () => {
    expect(violations(checkOutcomes(facts()))).toBe(0);
  });

  it('must not claim a recall that was none', () => {
    const truth = new Map([[`${owner}:1`, { recalled: null } as StoredMessage]]);
    expect(violations(checkOutcomes(facts({}, { truth })))).toBe(1);
  });

  it('must not deny a recall: 10030 after a lost call means that it worked', () => {
    const denied = { outcomes: [outcome('not_found', 10030)], calls: [lost, refused(10030)] };
    expect(violations(checkOutcomes(facts(denied)))).toBe(1);
    const presumed = { outcomes: [outcome('recalled', 10030)], calls: [lost, refused(10030)] };
    expect(violations(checkOutcomes(facts(presumed)))).toBe(0);
  });

  it('may presume a recall that a fault denies after a lost call, and no other', () => {
    const truth = new Map([[`${owner}:1`, { recalled: null } as StoredMessage]]);
    const denied = { outcomes: [outcome('recalled', 10030)], calls: [{ ...refused(10030), fault: 'sequence-code' }] };
    const attempts = [
      { owner, msgSeqs: [1], startedAt: at - 9, result: 'lost', pid: 1 },
      { owner, msgSeqs: [1], startedAt: at - 5, result: 'answered', pid: 1 },
    ];
    expect(violations(checkOutcomes(facts({ ...denied, attempts }, { truth })))).toBe(0);
    expect(violations(checkOutcomes(facts(denied, { truth })))).toBe(1);
  });

  it('may follow a platform that contradicts itself', () => {
    const contradicted = { outcomes: [outcome('expired', 10031)], calls: [lost, refused(10031)] };
    expect(violations(checkOutcomes(facts(contradicted)))).toBe(0);
  });

  it('must be final, and have been told', () => {
    expect(violations(checkOutcomes(facts({ outcomes: [outcome('pending', null)] })))).toBe(1);
    expect(violations(checkOutcomes(facts({ outcomes: [outcome('failed', 10004)], calls: [refused(10002)] })))).toBe(1);
    expect(violations(checkOutcomes(facts({ outcomes: [outcome('cancelled', null)], calls: [] })))).toBe(1);
    expect(violations(checkOutcomes(facts({ outcomes: [outcome('unknown', null)], calls: [lost] })))).toBe(1);
    expect(violations(checkOutcomes(facts({ outcomes: [outcome('failed', null)], calls: [] })))).toBe(1);
  });

  it('must be as many as were planned', () => {
    expect(violations(checkOutcomes(facts({ outcomes: [] })))).toBe(1);
  });
});

describe('calls', () => {
  it('must be in a plan', () => {
    expect(violations(checkPlanned(facts()))).toBe(0);
    expect(violations(checkPlanned(facts({ calls: [call({ sequences: [1, 2] })] })))).toBe(1);
    expect(violations(checkPlanned(facts({ calls: [call({ reason: null })] })))).toBe(1);
  });

  it('must be written before', () => {
    expect(violations(checkWrittenAhead(facts()))).toBe(0);
    expect(violations(checkWrittenAhead(facts({ attempts: [] })))).toBe(1);
    expect(violations(checkWrittenAhead(facts({ calls: [call(), call({ at: at + 1_000 })] })))).toBe(1);
    // With a renewed signature an attempt calls twice.
    const renewed = [call({ errorCode: 70001, recalled: [] }), call({ at: at + 50 })];
    expect(violations(checkWrittenAhead(facts({ calls: renewed })))).toBe(0);
  });

  it('must leave their worker within a second of the cancelling', () => {
    const late = call({ at: at + 1_500 });
    expect(violations(checkCancelled(facts({ cancelledAt: at, calls: [late] })))).toBe(1);
    expect(violations(checkCancelled(facts({ cancelledAt: at + 600, calls: [late] })))).toBe(0);
    const held = facts({ cancelledAt: at, calls: [late] }, { leftAt: new Map([[late, at + 900]]) });
    expect(violations(checkCancelled(held))).toBe(0);
    // Stopped between its last look and the call; another process tells nothing.
    const standstill = { from: at - 1, to: at + 1_400 };
    const stopped = (pid: number) =>
      facts({ cancelledAt: at, calls: [late] }, { standstills: [{ pid, ...standstill }] });
    expect(violations(checkCancelled(stopped(1)))).toBe(0);
    expect(violations(checkCancelled(stopped(2)))).toBe(1);
  });

  it('must not be too many in any second', () => {
    const inOneSecond = (n: number): Facts =>
      facts({ calls: Array.from({ length: n }, (_, id) => call({ id, at: at + id * (1_000 / n) })) });
    expect(violations(checkRate(inOneSecond(115), 100))).toBe(0);
    expect(violations(checkRate(inOneSecond(116), 100))).toBe(1);
    expect(violations(checkRate(inOneSecond(200), 190))).toBe(0);
    expect(violations(checkRate(inOneSecond(201), 190))).toBe(1);
  });

  it('count from when they passed the proxy, each by itself', () => {
    const [first, second, unseen] = [call(), call({ at: at + 5_000 }), call({ reason: 'chaos r2' })];
    const key = callKey('chaos r1', owner, [1]);
    const seen = [
      { key, leftAt: at - 4_000, forwardedAt: at - 1 },
      { key, leftAt: at + 10, forwardedAt: at + 4_990 },
    ];
    const left = departures([first, second, unseen], seen);
    expect([first, second, unseen].map((one) => left.get(one))).toEqual([at - 4_000, at + 10, at]);
  });
});

describe('counts', () => {
  it('must be those of the rows, also of batches', () => {
    expect(violations(checkCounts(facts()))).toBe(0);
    expect(violations(checkCounts(facts({ outcomes: [outcome('not_found')] })))).toBe(1);
    expect(violations(checkCounts(facts({ batches: { total: 1, done: 0 } })))).toBe(1);
  });
});
