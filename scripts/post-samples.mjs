// Posts sample payloads to a real receiver, signed as the platform does, and finds each message again.
//   node scripts/post-samples.mjs FOLDER      (after `npm run build`)
// FOLDER holds one JSON file each: `<command>.request<…>.json` a callback's body, `message_formats.<type>.json`
// one element of a MsgBody, which is sent as a message of its own.
import { randomBytes } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { startEmbeddedPostgres, startSystem } from '@chat-recall/local';
import { migrate } from '@chat-recall/shared/db';
import { callbackUrl } from '@chat-recall/simulator';

const sdkAppId = 1_400_000_000;
const webhookToken = randomBytes(16).toString('hex');
const adminToken = randomBytes(24).toString('hex');

/** The fields that people see, of each type of element; a type without any is looked up by its sequence. */
const visible = {
  TIMTextElem: ['Text'],
  TIMLocationElem: ['Desc'],
  TIMFaceElem: ['Data'],
  TIMCustomElem: ['Desc', 'Data', 'Ext'],
  TIMFileElem: ['FileName'],
  TIMRelayElem: ['Title'],
};

const [folder] = process.argv.slice(2);
if (folder === undefined) throw new Error('usage: node scripts/post-samples.mjs FOLDER');
const names = readdirSync(folder).sort();
const callbacks = names.filter((name) => /^(Group|Alert)\..*\.request.*\.json$/u.test(name)).map(read);
const elements = names.filter((name) => name.startsWith('message_formats.')).map(read);
if (callbacks.length === 0 || elements.length === 0) throw new Error(`no samples in ${folder}`);

const faults = [];
let checks = 0;
const postgres = await startEmbeddedPostgres({ persistent: false, durable: false });
try {
  await migrate({ databaseUrl: postgres.url });
  const system = await startSystem({
    databaseUrl: postgres.url,
    sdkAppId,
    secretKey: randomBytes(32).toString('hex'),
    apiUrl: 'http://127.0.0.1:9',
    webhookToken,
    adminToken,
    workers: 0,
    onLine: (line) => process.stderr.write(`${line}\n`),
  });
  try {
    await run(`${system.receivers[0].url}/callback`, system.console.url);
  } finally {
    await system.stop();
  }
} finally {
  await postgres.stop();
}
for (const fault of faults) console.log(`FAILED  ${fault}`);
const files = callbacks.length + elements.length;
console.log(`${files} samples posted to a receiver: ${checks - faults.length} of ${checks} checks held`);
process.exitCode = faults.length === 0 ? 0 : 1;

async function run(receiver, desk) {
  for (const { name, json } of callbacks) check(`${name} is accepted`, await accepted(receiver, json));
  for (const { name, json } of callbacks) await findCallback(name, json, receiver, desk);
  for (const [at, { name, json }] of elements.entries()) {
    const message = messageOf([json], at + 1);
    check(`${name} is accepted`, await accepted(receiver, message));
    await findMessage(name, message, desk);
  }
}

/** What a callback's sample leaves in the index. */
async function findCallback(name, json, receiver, desk) {
  const { CallbackCommand: command, GroupId: groupId, TopicId: topicId } = json;
  if (command === 'Group.CallbackAfterSendMsg') {
    if (json.OnlineOnlyFlag === 1) {
      const found = await search(desk, { groupId });
      check(`${name}, online-only, is not stored`, !found.some(({ msgSeq }) => msgSeq === json.MsgSeq));
    }
    const stored = { ...json, OnlineOnlyFlag: 0 };
    check(`${name}, not online-only, is accepted`, await accepted(receiver, stored));
    await findMessage(name, stored, desk);
  }
  if (command === 'Group.CallbackAfterRecallMsg') {
    // The event came before its messages: they must be stored as recalled.
    for (const { MsgSeq: seq } of json.MsgSeqList) {
      const element = { MsgType: 'TIMTextElem', MsgContent: { Text: 'recalled already' } };
      const message = { ...messageOf([element], seq), GroupId: groupId, ...(topicId && { TopicId: topicId }) };
      check(`${name}: its message is accepted`, await accepted(receiver, message));
      const [found] = await search(desk, { groupId, ...(topicId && { topicId }), keyword: 'recalled already' });
      check(`${name} marks ${seq} as recalled`, found?.msgSeq === seq && found.recalled !== null);
    }
  }
}

/** Finds a message by every text that its elements show, else by its sequence in its group. */
async function findMessage(name, { GroupId: groupId, MsgSeq: seq, MsgBody: body }, desk) {
  const words = body.flatMap(({ MsgType: type, MsgContent: content }) =>
    (visible[type] ?? []).map((field) => content[field]).filter((text) => typeof text === 'string' && text !== ''),
  );
  const searches = words.length === 0 ? [{ groupId }] : words.map((keyword) => ({ keyword }));
  for (const query of searches) {
    const found = await search(desk, query);
    const label = query.keyword === undefined ? 'its sequence' : `"${query.keyword}"`;
    check(
      `${name} is found by ${label}`,
      found.some((item) => item.groupId === groupId && item.msgSeq === seq),
    );
  }
}

async function accepted(receiver, body) {
  const requestTime = Math.floor(Date.now() / 1_000);
  const command = body.CallbackCommand;
  const url = callbackUrl({ url: receiver, sdkAppId, command, token: webhookToken, requestTime });
  const response = await fetch(url, { method: 'POST', body: JSON.stringify(body) });
  const answer = await response.json();
  return response.status === 200 && answer.ErrorCode === 0 ? true : `${response.status} ${JSON.stringify(answer)}`;
}

async function search(desk, query) {
  const response = await fetch(`${desk}/api/v1/messages?${new URLSearchParams({ ...query, limit: '1000' })}`, {
    headers: { authorization: `Bearer ${adminToken}` },
  });
  if (response.status !== 200) throw new Error(`search: ${response.status} ${await response.text()}`);
  return (await response.json()).items;
}

function messageOf(elementsOfIt, seq) {
  return {
    CallbackCommand: 'Group.CallbackAfterSendMsg',
    GroupId: '@TGS#2SAMPLES',
    Type: 'Public',
    From_Account: 'sampler',
    Random: seq,
    MsgSeq: seq,
    MsgTime: Math.floor(Date.now() / 1_000),
    OnlineOnlyFlag: 0,
    MsgBody: elementsOfIt,
    EventTime: Date.now(),
  };
}

function read(name) {
  return { name, json: JSON.parse(readFileSync(join(folder, name), 'utf8')) };
}

function check(what, held) {
  checks += 1;
  if (held !== true) faults.push(typeof held === 'string' ? `${what}: ${held}` : what);
}
