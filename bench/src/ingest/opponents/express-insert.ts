import { createPool } from '@chat-recall/shared/db';
import { contentOf, createConversations } from '@chat-recall/shared/messages';
import express, { type Request } from 'express';
import { ok, tellReady } from './answer.ts';

/** What most people would go on to: one INSERT for each callback, answered after its commit. */
const pool = createPool({ databaseUrl: process.argv[2] ?? '', name: 'bench opponent' });
const conversations = createConversations(pool);
const app = express();
app.use(express.json({ verify: (request, _response, bytes) => Object.assign(request, { raw: bytes.toString() }) }));

interface Body {
  readonly GroupId: string;
  readonly TopicId?: string;
  readonly Type: string;
  readonly From_Account: string;
  readonly MsgSeq: number;
  readonly MsgTime: number;
  readonly MsgBody: readonly unknown[];
}

app.post('/callback', async (request: Request<object, object, Body> & { raw?: string }, response) => {
  const { body } = request;
  const appId = Number(request.query['SdkAppid']);
  const [id] = await conversations.idsOf([
    { appId, groupId: body.GroupId, topicId: body.TopicId ?? '', groupType: body.Type },
  ]);
  const { messageTypes, text, folded, pieces } = contentOf(body.MsgBody);
  await pool.query({
    name: 'insert_message',
    text: `insert into messages (conversation_id, msg_seq, app_id, msg_time, received_at, message_types, sender, text,
             folded, pieces, raw) values ($1, $2, $3, to_timestamp($4), now(), $5, $6, $7, $8, $9, $10)
           on conflict do nothing`,
    values: [id, body.MsgSeq, appId, body.MsgTime, messageTypes, body.From_Account, text, folded, pieces, request.raw],
  });
  response.json(ok);
});
const server = app.listen(0, '127.0.0.1', () => tellReady(server.address()));
