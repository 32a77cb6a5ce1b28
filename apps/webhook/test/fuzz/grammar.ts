import fc, { type Arbitrary } from 'fast-check';
import { canary } from '@chat-recall/testkit';
import { Raw, type Fields, type Json } from './json.ts';

function listOf(words: string): readonly string[] {
  return words.split(/\s+/u);
}

const unit = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom(...Array.from('aZ9 %_\\\'"加微信Ｖ１ß😀\u200b\n')) },
  { weight: 1, arbitrary: fc.constantFrom('\0', '\u0001', '\ud800', '\udfff', '\u2028', '\ufeff', 'ﬁ', '\u0130') },
);
/** What people write, and what nobody would. */
export const text = fc.string({ unit, maxLength: 24 }).map((own) => `${own}${canary}`);
const id = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom('@TGS#2EXAMPLE01', '@TGS#_@TGS#cEXAMPLE62AA', 'g') },
  { weight: 2, arbitrary: text },
);

/** Numbers as they may stand in JSON, from the plain to those that no double holds. */
const number: Arbitrary<Json> = fc.oneof(
  { weight: 5, arbitrary: fc.integer({ min: 1, max: 100_000 }) },
  {
    weight: 1,
    arbitrary: fc
      .constantFrom(
        ...listOf(`0 -0 -1 1.5 7.0 7e0 1e3 1e400 -1e400
        1e-400 4294967295 4294967296 9007199254740991 9007199254740992 9007199254740993 18446744073709551616 1E19 0.1e1`),
      )
      .map((token) => new Raw(token)),
  },
);
/** Anything at all, for fields that nobody documents and for those that should be something else. */
const anything: Arbitrary<Json> = fc.oneof(
  fc.constantFrom<Json>(null, true, false, '', '7', canary, '\0', {}, [], [null], { [canary]: 1 }),
  number,
  text,
);

const seconds = fc.oneof(
  { weight: 4, arbitrary: fc.integer({ min: 1_760_000_000, max: 1_790_000_000 }) },
  { weight: 1, arbitrary: fc.constantFrom(0, 1, 253_402_300_799) },
);
const milliseconds: Arbitrary<Json> = fc.oneof(
  fc.integer({ min: 1_760_000_000_000, max: 1_790_000_000_000 }),
  fc.integer({ min: 1_760_000_000_000, max: 1_790_000_000_000 }).map(String),
);

function element(MsgType: string, content: Record<string, Arbitrary<Json>>): Arbitrary<Json> {
  return fc.record(content, { requiredKeys: [] }).map((MsgContent) => ({ MsgType, MsgContent }) as unknown as Json);
}

const card = text.map((inner) => JSON.stringify({ title: inner, list: [inner, 5, { deep: JSON.stringify([inner]) }] }));
const sizes = { Size: number, Second: number, Download_Flag: number };
/** All element types of the Message Formats page (intl 33527), and two that it does not know. */
const plainElement = fc.oneof(
  { weight: 6, arbitrary: element('TIMTextElem', { Text: text }) },
  element('TIMLocationElem', { Desc: text, Latitude: number, Longitude: number }),
  element('TIMFaceElem', { Index: number, Data: text }),
  element('TIMCustomElem', { Data: fc.oneof(text, card), Desc: text, Ext: fc.oneof(text, card), Sound: text }),
  element('TIMSoundElem', { Url: text, UUID: text, ...sizes }),
  element('TIMImageElem', { UUID: text, ImageFormat: number, ImageInfoArray: fc.array(anything, { maxLength: 3 }) }),
  element('TIMFileElem', { Url: text, UUID: text, FileSize: number, FileName: text, fileName: text }),
  element('TIMVideoFileElem', { VideoUrl: text, VideoUUID: text, VideoSize: number, ThumbUrl: text }),
  element('TIMGroupTipElem', { OpType: number }),
  fc.constant<Json>({ MsgType: 'TIMFutureElem', Data: canary }),
  // What is in an element is the client's: other types there are no fault.
  element('TIMTextElem', { Text: anything }),
  element('TIMRelayElem', { Title: anything, AbstractList: anything, MsgList: anything }),
);

const elements: Arbitrary<Json> = fc.letrec<{ body: Json; relay: Json }>((tie) => ({
  body: fc.array(fc.oneof({ depthSize: 'small', maxDepth: 4 }, plainElement, tie('relay')), {
    maxLength: 3,
  }) as Arbitrary<Json>,
  relay: fc
    .record({ Title: text, AbstractList: fc.array(text, { maxLength: 2 }), MsgBody: tie('body') })
    .map(({ Title, AbstractList, MsgBody }) => ({
      MsgType: 'TIMRelayElem',
      MsgContent: { Title, AbstractList, CompatibleText: canary, MsgList: [{ From_Account: canary, MsgBody }] },
    })),
})).body;

const groupType = fc.constantFrom('Public', 'Private', 'ChatRoom', 'AVChatRoom', 'Community', 'Live', '');
const topic = fc.constantFrom('', '@TGS#_@TGS#cEXAMPLE62AA@TOPIC#_general', `t\0\ud800${canary}`);

const message = fc.record<Record<string, Json>>(
  {
    CallbackCommand: fc.constant('Group.CallbackAfterSendMsg'),
    GroupId: id,
    MsgSeq: fc.integer({ min: 1, max: 2 ** 40 }),
    MsgBody: elements,
    Type: groupType,
    From_Account: id,
    Operator_Account: id,
    Random: fc.integer({ min: 0, max: 4_294_967_295 }),
    MsgId: text,
    MsgTime: seconds,
    OnlineOnlyFlag: fc.constantFrom(0, 0, 0, 1),
    CloudCustomData: fc.oneof(text, card),
    TopicId: topic,
    EventTime: milliseconds,
    GroupAtInfo: fc.constant<Json>([{ GroupAtAllFlag: 0, GroupAt_Account: canary }]),
    MsgPriority: fc.constantFrom('High', 'Normal', 'Low'),
  },
  { requiredKeys: ['CallbackCommand', 'GroupId', 'MsgSeq', 'MsgBody'] },
);
const recall = fc.record<Record<string, Json>>(
  {
    CallbackCommand: fc.constant('Group.CallbackAfterRecallMsg'),
    GroupId: id,
    MsgSeqList: fc.array(
      fc.record<Record<string, Json>>(
        { MsgSeq: fc.integer({ min: 1, max: 60 }), MsgId: text },
        { requiredKeys: ['MsgSeq'] },
      ),
      { minLength: 1, maxLength: 12 },
    ),
    Type: groupType,
    Operator_Account: id,
    TopicId: topic,
    EventTime: milliseconds,
  },
  { requiredKeys: ['CallbackCommand', 'GroupId', 'MsgSeqList'] },
);
const gone = fc.record<Record<string, Json>>(
  {
    CallbackCommand: fc.constantFrom('Group.CallbackAfterGroupDestroyed', 'Group.CallbackAfterTopicDestroyed'),
    GroupId: id,
    TopicIdList: fc.array(id, { maxLength: 3 }),
    Type: groupType,
    EventTime: milliseconds,
  },
  { requiredKeys: ['CallbackCommand', 'GroupId', 'TopicIdList'] },
);
const others = listOf(`BeforeCreateGroup AfterCreateGroup BeforeApplyJoinGroup BeforeInviteJoinGroup AfterNewMemberJoin
  AfterMemberExit BeforeSendMsg AfterGroupFull AfterGroupInfoChanged OnMemberStateChange
  SendMsgException BeforeCreateTopic AfterCreateTopic AfterTopicInfoChanged AfterMemberFieldChanged
  AfterGroupAttrChanged AfterReadReceipt`).map((name) => `Group.Callback${name}`);
/** Commands that are noted or knowingly ignored, whatever they hold. */
const other = fc.record<Record<string, Json>>({
  CallbackCommand: fc.constantFrom(
    ...others,
    ...listOf(`C2C.CallbackBeforeSendMsg C2C.CallbackAfterSendMsg C2C.CallbackAfterMsgReport Bot.OnC2CMessage
      C2C.CallbackAfterMsgWithDraw Bot.OnGroupMessage ContentCallback.ResultNotify State.StateChange
      Profile.CallbackPortraitSet Alert.RequestOverLimit Sns.CallbackFriendAdd __proto__ constructor toString`),
    `${canary}\0\ud800`,
    'Group.CallbackAfterSendMsg ',
  ),
  GroupId: anything,
  MsgSeq: anything,
  ServiceName: anything,
  Command: anything,
  Request: anything,
  Limit: anything,
});

/** A callback of a documented shape. */
export const callback: Arbitrary<Fields> = fc.oneof(
  { weight: 12, arbitrary: message },
  { weight: 4, arbitrary: recall },
  { weight: 1, arbitrary: gone },
  { weight: 2, arbitrary: other },
);

/** A field put wrong: taken away, of another type, out of range; or one that nobody knows. */
export type Change = { readonly name: string; readonly value: Json | undefined };
export const change: Arbitrary<Change> = fc.record({
  name: fc.oneof(
    {
      weight: 8,
      arbitrary: fc.constantFrom(
        ...listOf(`GroupId MsgSeq MsgBody MsgTime EventTime TopicId Type From_Account Random
          Operator_Account OnlineOnlyFlag CloudCustomData MsgId MsgPriority GroupAtInfo MsgSeqList TopicIdList CallbackCommand`),
      ),
    },
    { weight: 2, arbitrary: fc.constantFrom('__proto__', 'constructor', 'toJSON', 'length', canary, '', '\0') },
  ),
  value: fc.oneof(
    { weight: 1, arbitrary: fc.constant(undefined) },
    { weight: 4, arbitrary: anything },
    {
      weight: 1,
      arbitrary: fc.constantFrom<Json>(
        [{}],
        [{ MsgType: 5 }],
        [{ MsgType: 'TIMTextElem' }],
        [{ MsgType: 'TIMTextElem', MsgContent: canary }],
        [{ MsgSeq: '7' }],
        [{ MsgSeq: 7, MsgId: 7 }],
        ['', 5],
      ),
    },
  ),
});
