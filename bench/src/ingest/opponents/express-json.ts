import express from 'express';
import { ok, tellReady } from './answer.ts';

/** What most people would begin with; stores nothing. */
const app = express();
app.use(express.json());
app.post('/callback', (_request, response) => {
  response.json(ok);
});
const server = app.listen(0, '127.0.0.1', () => tellReady(server.address()));
