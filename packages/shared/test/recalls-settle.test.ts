import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import {
  otherTries,
  refusedTries,
  resolveWithinMs,
  settle,
  transientTries,
  type OpenSequence,
} from '@chat-recall/shared/recalls';
import { knownCodes, meaningOf, type RecallAnswer } from '@chat-recall/shared/tencent';

const now = Date.UTC(2026, 10, 23);

function open(msgSeq: number, more: Partial<OpenSequence> = {}): OpenSequence {
  return {
    msgSeq,
    state: 'pending',
    tries: 0,
    attempts: 0,
    lostSince: null,
    wasLost: (more.lostSince ?? null) !== null,
    sentAt: null,
    marked: false,
    protected: false,
    ...more,
  };
}

function items(codes: Readonly<Record<number, number>>): RecallAnswer {
  const body = new Map(Object.entries(codes).map(([seq, code]) => [Number(seq), code]));
  return { kind: 'answered', errorCode: 0, httpStatus: 200, body };
}

function whole(errorCode: number): RecallAnswer {
  return { kind: 'answered', errorCode, httpStatus: 200, body: new Map() };
}

const lost: RecallAnswer = { kind: 'lost', httpStatus: null, cause: 'ECONNRESET' };
const notSent: RecallAnswer = { kind: 'not_sent', httpStatus: null, cause: 'ECONNREFUSED' };

function statesOf(decision: ReturnType<typeof settle>): Record<number, string> {
  return Object.fromEntries(decision.verdicts.map(({ msgSeq, state }) => [msgSeq, state]));
}

describe('codes of single sequences', () => {
  test.each([
    [0, 'recalled'],
    [10030, 'not_found'],
    [10031, 'expired'],
    [10032, 'not_recallable'],
    [10004, 'failed'],
  ])('%d ends a sequence as %s and leaves its neighbour alone', (code, state) => {
    const decision = settle([open(1), open(2)], items({ 1: code, 2: 0 }), now);
    expect(statesOf(decision)).toEqual({ 1: state, 2: 'recalled' });
    expect(decision).toMatchObject({ open: [], split: [], group: null, stop: null });
  });

  test('a code lands on its own sequence in any order; what has no code is unknown and tried again', () => {
    const decision = settle([open(1), open(2), open(3)], items({ 3: 0, 1: 10031 }), now);
    expect(statesOf(decision)).toEqual({ 1: 'expired', 2: 'unknown', 3: 'recalled' });
    expect(decision.open).toEqual([2]);
    expect(decision.verdicts.find(({ msgSeq }) => msgSeq === 2)?.lost).toBe(true);
  });

  test('10030 after an attempt whose answer was lost means that the lost one worked', () => {
    const decision = settle(
      [open(1, { state: 'unknown', lostSince: new Date(now - 1000) }), open(2)],
      items({ 1: 10030, 2: 10030 }),
      now,
    );
    expect(decision.verdicts).toMatchObject([
      { state: 'recalled', presumed: true, retCode: 10030 },
      { state: 'not_found', presumed: false },
    ]);
    // History said meanwhile that it was not recalled: then it was the lost call that came late.
    const { verdicts } = settle([open(1, { state: 'unknown', wasLost: true })], items({ 1: 10030 }), now);
    expect(verdicts).toMatchObject([{ state: 'recalled', presumed: true, retCode: 10030 }]);
  });
});

test.each([10031, 10032, 10033, 10004, 10007])(
  '%d of a sequence with a lost attempt waits for history, for a while: it may be recalled already',
  (code) => {
    const lostSince = new Date(now - 1_000);
    const doubtful = settle([open(1, { state: 'unknown', lostSince }), open(2)], items({ 1: code, 2: code }), now);
    expect(statesOf(doubtful)).toEqual({ 1: 'unknown', 2: meaningOf(code).state });
    expect(doubtful.open).toEqual([1]);
    const again = settle([open(1, { state: 'unknown', lostSince, tries: refusedTries - 1 })], items({ 1: code }), now);
    expect(statesOf(again)).toEqual({ 1: meaningOf(code).state });
    const cleared = settle([open(1, { state: 'unknown', wasLost: true })], items({ 1: code }), now);
    expect(statesOf(cleared)).toEqual({ 1: meaningOf(code).state });
  },
);

describe('codes of a whole call', () => {
  test.each([10010, 10015, 10033, 10007])(
    '%d after a lost attempt leaves that one open: it may have worked',
    (code) => {
      const decision = settle(
        [open(1, { state: 'unknown', lostSince: new Date(now - 1000) }), open(2)],
        whole(code),
        now,
      );
      expect(statesOf(decision)).toEqual({ 1: 'unknown', 2: meaningOf(code).state });
      expect(decision.open).toEqual([1]);
      expect(decision.group).toEqual({ state: meaningOf(code).state, code });
    },
  );

  test.each([10010, 10015, 10033, 10007])('%d finishes the group', (code) => {
    const decision = settle([open(1), open(2)], whole(code), now);
    expect(decision.group).toEqual({ state: meaningOf(code).state, code });
    expect(decision.open).toEqual([]);
  });

  test('the same group code on every item finishes the group; on one of several it does not', () => {
    expect(settle([open(1), open(2)], items({ 1: 10010, 2: 10010 }), now).group).toEqual({
      state: 'not_found',
      code: 10010,
    });
    const one = settle([open(1), open(2)], items({ 1: 10010, 2: 0 }), now);
    expect(one.group).toBeNull();
    expect(statesOf(one)).toEqual({ 1: 'not_found', 2: 'recalled' });
  });

  test('10004 splits in halves until one is alone', () => {
    const five = [1, 2, 3, 4, 5].map((seq) => open(seq));
    const decision = settle(five, whole(10004), now);
    expect(decision.split).toEqual([
      [1, 2, 3],
      [4, 5],
    ]);
    expect(decision.open).toEqual([]);
    expect(statesOf(settle([open(4)], whole(10004), now))).toEqual({ 4: 'failed' });
  });

  test('finding one bad sequence of ten takes eight extra calls at most, and the nine others are recalled', () => {
    for (let bad = 1; bad <= 10; bad++) {
      let calls = 0;
      const ended = new Map<number, string>();
      const todo = [Array.from({ length: 10 }, (_, at) => open(at + 1))];
      for (let called = todo.shift(); called !== undefined; called = todo.shift()) {
        calls++;
        const holds = called.some(({ msgSeq }) => msgSeq === bad);
        const codes = Object.fromEntries(called.map(({ msgSeq }) => [msgSeq, 0]));
        const decision = settle(called, holds ? whole(10004) : items(codes), now);
        todo.push(...decision.split.map((seqs) => seqs.map((seq) => open(seq))));
        if (decision.split.length === 0) for (const { msgSeq, state } of decision.verdicts) ended.set(msgSeq, state);
      }
      expect(calls).toBeLessThanOrEqual(9);
      expect([...ended.values()].filter((state) => state === 'recalled')).toHaveLength(9);
      expect(ended.get(bad)).toBe('failed');
    }
  });

  test.each([10041, 60010, 70009, 60020])('%d stops the app and uses nothing up', (code) => {
    const decision = settle([open(1, { tries: 7 })], whole(code), now);
    expect(decision).toMatchObject({ stop: code, open: [1], verdicts: [{ state: 'pending', counts: false }] });
  });

  test('a signature that is refused though renewed stops the app', () => {
    expect(settle([open(1)], whole(70003), now).stop).toBe(70003);
  });

  test.each([60007, 60011, 60018, 60019, 10006, 10023])('%d slows down and does not count', (code) => {
    const decision = settle([open(1, { tries: 7 })], whole(code), now);
    expect(decision).toMatchObject({ throttled: true, open: [1], verdicts: [{ state: 'pending', counts: false }] });
  });

  test('70050 waits a minute', () => {
    expect(settle([open(1)], whole(70050), now).pauseMs).toBe(60_000);
  });
});

describe('trying again', () => {
  test('a transient code is tried eight times with pauses that grow to 30 s, then failed', () => {
    const pauses: number[] = [];
    let tries = 0;
    let state = 'pending';
    while (state === 'pending') {
      const decision = settle([open(1, { tries, attempts: tries })], whole(10002), now);
      state = String(decision.verdicts[0]?.state);
      if (state === 'pending') pauses.push(decision.pauseMs);
      tries++;
    }
    expect(state).toBe('failed');
    expect(tries).toBe(transientTries);
    expect(pauses).toEqual([500, 1000, 2000, 4000, 8000, 16_000, 30_000]);
  });

  test('each sequence has tries of its own', () => {
    const decision = settle([open(1, { tries: transientTries - 1 }), open(2)], whole(10002), now);
    expect(statesOf(decision)).toEqual({ 1: 'failed', 2: 'pending' });
    expect(decision.open).toEqual([2]);
  });

  test('a code in no list is tried three times', () => {
    expect(settle([open(1, { tries: otherTries - 2 })], items({ 1: 12345 }), now).open).toEqual([1]);
    expect(statesOf(settle([open(1, { tries: otherTries - 1 })], items({ 1: 12345 }), now))).toEqual({ 1: 'failed' });
  });

  test('a lost answer is never failed: unknown while it may be resolved, and at the end of that time', () => {
    const late = settle([open(1, { tries: 20, lostSince: new Date(now - resolveWithinMs + 1) })], lost, now);
    expect(late.open).toEqual([1]);
    const over = settle([open(1, { tries: 20, lostSince: new Date(now - resolveWithinMs) })], lost, now);
    expect(over).toMatchObject({ open: [], verdicts: [{ state: 'unknown' }] });
    expect(
      settle([open(1, { tries: 20, lostSince: new Date(now - resolveWithinMs) })], whole(10002), now).verdicts[0]
        ?.state,
    ).toBe('unknown');
  });

  test('a call that was never sent leaves the state as it was', () => {
    expect(statesOf(settle([open(1), open(2, { state: 'unknown', lostSince: new Date(now) })], notSent, now))).toEqual({
      1: 'pending',
      2: 'unknown',
    });
  });
});

describe('any code', () => {
  test('every integer has a class and words in both languages', () => {
    fc.assert(
      fc.property(fc.oneof(fc.integer(), fc.constantFrom(...knownCodes)), (code) => {
        const meaning = meaningOf(code);
        expect(meaning.en).not.toBe('');
        expect(meaning.zh).toMatch(/\p{Script=Han}|[。]/u);
        expect(knownCodes.includes(code) || meaning.class === 'other').toBe(true);
      }),
    );
  });

  test('whatever comes, each sequence gets one verdict, and is final, open, or in one part of a split', () => {
    const answers = fc.oneof(
      fc.constant(lost),
      fc.constant(notSent),
      fc
        .oneof(fc.integer(), fc.constantFrom(...knownCodes))
        .filter((code) => code !== 0)
        .map(whole),
      fc
        .dictionary(fc.constantFrom('1', '2', '3', '4'), fc.oneof(fc.integer(), fc.constantFrom(...knownCodes)))
        .map((codes) => items(codes)),
    );
    const sequence = fc.record({
      tries: fc.nat(250),
      lost: fc.boolean(),
      age: fc.nat(2 * resolveWithinMs),
    });
    fc.assert(
      fc.property(answers, fc.array(sequence, { minLength: 1, maxLength: 4 }), (answer, sequences) => {
        const called = sequences.map(({ tries, lost: wasLost, age }, at) =>
          open(at + 1, {
            tries,
            attempts: tries,
            state: wasLost ? 'unknown' : 'pending',
            lostSince: wasLost ? new Date(now - age) : null,
          }),
        );
        const decision = settle(called, answer, now);
        const split = new Set(decision.split.flat());
        expect(decision.verdicts.map(({ msgSeq }) => msgSeq)).toEqual(called.map(({ msgSeq }) => msgSeq));
        for (const [at, { msgSeq, state }] of decision.verdicts.entries()) {
          const goesOn = decision.open.includes(msgSeq) || split.has(msgSeq);
          if (state === 'pending') expect(goesOn).toBe(true);
          else if (state !== 'unknown') expect(goesOn).toBe(false);
          if (called[at]?.lostSince !== null)
            expect(state === 'failed' && meaningOf(decision.verdicts[at]?.retCode ?? 0).class === 'transient').toBe(
              false,
            );
        }
      }),
    );
  });
});
