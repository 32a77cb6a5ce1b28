import { afterAll, expect, test } from '@jest/globals';
import { messageKey } from '../src/index.ts';
import { createLedger } from '../src/ledger.ts';
import { call, closeAll, recall, start } from './signed-calls.ts';

afterAll(closeAll);

const group = '@TGS#2LEDGER';

test('every call is in it, with what became of it', async () => {
  const standIn = await start();
  standIn.addGroup({ groupId: group, type: 'Public' });
  standIn.send({ groupId: group, from: 'mira', text: 'one' });
  const body = { GroupId: group, MsgSeqList: [{ MsgSeq: 1 }, { MsgSeq: 9 }], Reason: 'policy 3.2' };
  await call(standIn, 'group_msg_recall', body);
  await call(standIn, 'group_msg_recall', body, { query: { usersig: '' } });
  await recall(standIn, '@TGS#2NONE', 5);
  await call(standIn, 'no_such_command', {});

  const { ledger } = standIn;
  expect(ledger.calls()).toMatchObject([
    {
      command: 'group_msg_recall',
      groupId: group,
      topicId: null,
      sequences: [1, 9],
      reason: 'policy 3.2',
      httpStatus: 200,
      errorCode: 0,
      retCodes: [
        { MsgSeq: 1, RetCode: 0 },
        { MsgSeq: 9, RetCode: 10030 },
      ],
      applied: true,
      recalled: [1],
      fault: null,
    },
    { sequences: [1, 9], errorCode: 70002, retCodes: [], applied: false },
    { groupId: '@TGS#2NONE', errorCode: 10010, applied: false },
    { command: 'no_such_command', errorCode: 60009 },
  ]);
  expect(ledger.count()).toBe(4);
  expect(ledger.count('group_msg_recall')).toBe(3);
  expect(ledger.calls({ sequence: 9, applied: true })).toHaveLength(1);
  expect(ledger.calls({ groupId: group, errorCode: 70002 })).toHaveLength(1);
  expect(ledger.recalled()).toEqual(new Set([messageKey(group, 1)]));
  expect(ledger.summary()).toMatchObject({
    calls: 4,
    recalled: 1,
    commands: {
      group_msg_recall: {
        calls: 3,
        errorCodes: { 0: 1, 70002: 1, 10010: 1 },
        retCodes: { 0: 1, 10030: 1 },
        maxCallsInAnySlidingSecond: ledger.maxCallsInAnySlidingSecond('group_msg_recall'),
      },
    },
  });
  standIn.reset();
  expect([ledger.count(), [...standIn.messages()].length]).toEqual([0, 0]);
});

test('arrivals never go back, and are finer than a millisecond', async () => {
  const standIn = await start();
  for (let index = 0; index < 5; index += 1) await recall(standIn, group, 1);
  const arrivals = standIn.ledger.calls().map((entry) => entry.at);
  expect(arrivals).toEqual(arrivals.toSorted((a, b) => a - b));
  expect(arrivals.some((at) => !Number.isInteger(at))).toBe(true);
});

test('the most calls in any sliding second, over the borders of seconds', () => {
  const ledger = createLedger();
  for (const at of [0, 900, 950, 1000, 1850, 1899.9, 1900, 3000]) ledger.open(at, 'x');
  ledger.open(3100, 'y');
  // 900 to 1899.9 is less than a second; 900 to 1900 is one.
  expect(ledger.maxCallsInAnySlidingSecond('x')).toBe(5);
  expect(ledger.maxCallsInAnySlidingSecond('y')).toBe(1);
  expect(ledger.maxCallsInAnySlidingSecond('z')).toBe(0);
});
