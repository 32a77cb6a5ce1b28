import { afterAll, beforeEach, describe, expect, test } from '@jest/globals';
import { messageKey, type Effect, type StandIn } from '../src/index.ts';
import { call, closeAll, codesOf, recall, start } from './signed-calls.ts';

afterAll(closeAll);

const group = '@TGS#2FAULTS';
const waits: number[] = [];
let standIn: StandIn;
beforeEach(async () => {
  standIn = await start({ wait: async (ms) => void waits.push(ms) });
  standIn.addGroup({ groupId: group, type: 'Public' });
  for (let index = 0; index < 20; index += 1) standIn.send({ groupId: group, from: 'mira', text: `line ${index}` });
});

const recalledSeqs = () => [...standIn.recalledMessages()];
const lastCall = () => standIn.ledger.calls().at(-1);

describe('calls that are not answered as they should be', () => {
  const cases: [effect: Effect, applied: boolean][] = [
    [{ kind: 'reset' }, false],
    [{ kind: 'apply-then-reset' }, true],
  ];
  test.each(cases)('%j', async (effect, applied) => {
    standIn.faults.add({ effect });
    await expect(recall(standIn, group, 1)).rejects.toThrow();
    expect(recalledSeqs()).toEqual(applied ? [messageKey(group, 1)] : []);
    expect(lastCall()).toMatchObject({ httpStatus: null, applied, fault: effect.kind, recalled: applied ? [1] : [] });
    expect(codesOf(await recall(standIn, group, 1))).toEqual([[1, applied ? 10030 : 0]]);
  });

  test.each(['hang', 'apply-then-hang'] as const)('%s, until the client gives up', async (kind) => {
    standIn.faults.add({ effect: { kind } });
    const client = new AbortController();
    const body = { GroupId: group, MsgSeqList: [{ MsgSeq: 1 }] };
    const hanging = call(standIn, 'group_msg_recall', body, { signal: client.signal });
    // Nothing tells when a hanging call has been dealt with but the ledger.
    while (lastCall()?.fault !== kind) await new Promise((resolve) => setImmediate(resolve));
    client.abort();
    await expect(hanging).rejects.toThrow();
    const applied = kind === 'apply-then-hang';
    expect(lastCall()).toMatchObject({ httpStatus: null, applied, recalled: applied ? [1] : [] });
  });

  test.each([false, true])('an HTTP status (applied: %s)', async (apply) => {
    standIn.faults.add({ effect: { kind: 'http', status: 502, apply } });
    const result = await recall(standIn, group, 1);
    expect([result.status, result.json]).toEqual([502, undefined]);
    expect(lastCall()).toMatchObject({ httpStatus: 502, applied: apply, errorCode: apply ? 0 : null });
  });

  test('garbage', async () => {
    standIn.faults.add({ effect: { kind: 'garbage' } });
    const result = await recall(standIn, group, 1);
    expect([result.status, result.json]).toEqual([200, undefined]);
    expect(recalledSeqs()).toEqual([]);
  });

  test('latency: applied at once, answered later', async () => {
    standIn.faults.add({ effect: { kind: 'latency', ms: 2500 } });
    expect(codesOf(await recall(standIn, group, 1))).toEqual([[1, 0]]);
    expect(waits).toEqual([2500]);
  });
});

describe('answers that say something else', () => {
  test('an error code for the whole call, late when it is to be', async () => {
    standIn.faults.add({ command: 'group_msg_recall', effect: { kind: 'error-code', code: 10002, ms: 2100 } });
    expect((await recall(standIn, group, 1)).json).toMatchObject({ ActionStatus: 'FAIL', ErrorCode: 10002 });
    expect(recalledSeqs()).toEqual([]);
    expect(waits.at(-1)).toBe(2100);
  });

  test('a code for one sequence, which is left as it is', async () => {
    standIn.faults.add({ sequence: 2, effect: { kind: 'sequence-code', code: 10002 } });
    expect(codesOf(await recall(standIn, group, 1, 2, 3))).toEqual([
      [1, 0],
      [2, 10002],
      [3, 0],
    ]);
    expect(codesOf(await recall(standIn, group, 2))).toEqual([[2, 0]]);
  });

  test('a code for all sequences', async () => {
    standIn.faults.add({ effect: { kind: 'sequence-code', code: 91000 } });
    expect(codesOf(await recall(standIn, group, 1, 2))).toEqual([
      [1, 91000],
      [2, 91000],
    ]);
    expect(recalledSeqs()).toEqual([]);
  });

  test('shuffled, one missing, one surplus', async () => {
    for (const kind of ['shuffle', 'missing', 'surplus'] as const) standIn.faults.add({ effect: { kind } });
    const [shuffled, missing, surplus] = [
      codesOf(await recall(standIn, group, 1, 2)),
      codesOf(await recall(standIn, group, 3, 4, 5)),
      codesOf(await recall(standIn, group, 6, 7)),
    ];
    expect(shuffled).toEqual([
      [2, 0],
      [1, 0],
    ]);
    expect(missing).toHaveLength(2);
    expect(surplus).toHaveLength(3);
    expect(surplus).toContainEqual([8, 0]);
    expect(standIn.ledger.recalled().size).toBe(7);
  });

  test('a named one missing', async () => {
    standIn.faults.add({ sequence: 4, effect: { kind: 'missing' } });
    expect(codesOf(await recall(standIn, group, 3, 4, 5))).toEqual([
      [3, 0],
      [5, 0],
    ]);
  });

  test('a poison sequence spoils every call that names it', async () => {
    standIn.faults.add({ sequence: 2, effect: { kind: 'poison' } });
    expect((await recall(standIn, group, 1, 2)).json.ErrorCode).toBe(10004);
    expect((await recall(standIn, group, 2)).json.ErrorCode).toBe(10004);
    expect(codesOf(await recall(standIn, group, 1))).toEqual([[1, 0]]);
    expect(() => standIn.faults.add({ effect: { kind: 'poison' } })).toThrow('sequence');
  });
});

describe('histories that are not as documented', () => {
  const history = async (fields: object = {}) =>
    (await call(standIn, 'group_msg_get_simple', { GroupId: group, ReqMsgNumber: 4, ReqMsgSeq: 10, ...fields })).json;
  const list = async (fields?: object) => (await history(fields)).RspMsgList as Record<string, unknown>[];
  const seqs = async (fields?: object) => (await list(fields)).map((item) => item.MsgSeq);

  test('order, missing, surplus, repeated, short', async () => {
    for (const kind of ['shuffle', 'missing', 'surplus', 'repeat'] as const)
      standIn.faults.add({ sequence: 8, effect: { kind } });
    const shuffled = await seqs();
    expect(shuffled).not.toEqual([10, 9, 8, 7]);
    expect(shuffled.toSorted()).toEqual([10, 7, 8, 9]);
    expect(await seqs()).toEqual([10, 9, 7]);
    expect(await seqs()).toContain(1010);
    const repeated = await list();
    expect(repeated.filter((item) => item.MsgSeq === 8)).toHaveLength(2);
    expect(new Set(repeated.filter((item) => item.MsgSeq === 8).map((item) => JSON.stringify(item.MsgBody))).size).toBe(
      2,
    );
    standIn.faults.add({ effect: { kind: 'short' } });
    expect(await history()).toMatchObject({ IsFinished: 0, RspMsgList: [{ MsgSeq: 10 }, { MsgSeq: 9 }] });
  });

  test('holes, malformed sequences, large numbers, other lists', async () => {
    for (const kind of ['hole', 'no-sequence', 'large-random', 'list-as-object', 'other-name'] as const) {
      standIn.faults.add({ effect: { kind }, ...(kind === 'hole' && { sequence: 9 }) });
    }
    expect((await list()).map((item) => item.IsPlaceMsg)).toEqual([0, 1, 0, 0]);
    const odd = await list();
    expect(odd.filter((item) => typeof item.MsgSeq === 'number')).toHaveLength(3);
    expect(odd).toContainEqual(expect.objectContaining({ MsgSeq: expect.stringMatching(/^\d+$/u) }));
    expect((await list()).every((item) => (item.MsgRandom as number) >= 2 ** 32)).toBe(true);
    expect(await history()).toMatchObject({ RspMsgList: { 0: { MsgSeq: 10 }, 3: { MsgSeq: 7 } } });
    const other = await history();
    expect([other.RspMsgList, other.MsgList]).toEqual([undefined, expect.any(Array)]);
    expect(standIn.faults.list()).toEqual([]);
  });

  test('only pages that may hold the sequence, and only answers', async () => {
    standIn.faults.add({ sequence: 6, effect: { kind: 'hole' } });
    await seqs();
    expect(standIn.faults.list()).toHaveLength(1);
    expect((await history({ GroupId: '@TGS#2NONE', ReqMsgSeq: 6 })).ErrorCode).toBe(10010);
    expect(standIn.faults.list()).toEqual([]);
  });

  test('a group that is disbanded after a page', async () => {
    standIn.faults.add({ afterCalls: 1, effect: { kind: 'destroy-group' } });
    expect(await seqs()).toHaveLength(4);
    expect(await seqs({ ReqMsgSeq: 6 })).toHaveLength(4);
    expect((await history({ ReqMsgSeq: 2 })).ErrorCode).toBe(10010);
    expect(standIn.ledger.calls().map(({ reqMsgSeq, reqMsgNumber }) => [reqMsgSeq, reqMsgNumber])).toEqual([
      [10, 4],
      [6, 4],
      [2, 4],
    ]);
  });
});

describe('which calls they meet', () => {
  const codes = async (count: number) => {
    const seen: number[] = [];
    for (let index = 0; index < count; index += 1) seen.push((await recall(standIn, group, 19)).json.ErrorCode);
    return seen;
  };
  const effect = { kind: 'error-code', code: 10002 } as const;

  test('a number of times', async () => {
    standIn.faults.add({ times: 2, effect });
    expect(await codes(3)).toEqual([10002, 10002, 0]);
    expect(standIn.faults.list()).toEqual([]);
  });

  test('for ever, until removed', async () => {
    const id = standIn.faults.add({ times: Infinity, effect });
    expect(await codes(3)).toEqual([10002, 10002, 10002]);
    expect(standIn.faults.remove(id)).toBe(true);
    expect(await codes(1)).toEqual([0]);
  });

  test('after a number of calls', async () => {
    standIn.faults.add({ afterCalls: 2, effect });
    expect(await codes(4)).toEqual([0, 0, 10002, 0]);
  });

  test('of one command and one group only', async () => {
    standIn.faults.add({ command: 'get_group_info', effect });
    standIn.faults.add({ groupId: '@TGS#2OTHER', effect });
    expect(await codes(1)).toEqual([0]);
    expect((await call(standIn, 'get_group_info', { GroupIdList: [group] })).json.ErrorCode).toBe(10002);
  });

  test('with a probability, the same for the same seed', async () => {
    standIn.faults.add({ times: Infinity, probability: 0.5, effect });
    const first = await codes(20);
    expect(new Set(first)).toEqual(new Set([0, 10002]));
    standIn = await start();
    standIn.addGroup({ groupId: group, type: 'Public' });
    standIn.faults.add({ times: Infinity, probability: 0.5, effect });
    expect(await codes(20)).toEqual(first);
  });

  test('a call that is refused at the door uses none up', async () => {
    standIn.faults.add({ effect });
    await call(standIn, 'group_msg_recall', {}, { query: { usersig: '' } });
    expect(await codes(1)).toEqual([10002]);
  });
});
