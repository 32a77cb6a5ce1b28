import { createServer } from 'node:http';
import type { CallbackBody } from '../src/index.ts';
import { closeLater } from './signed-calls.ts';

export interface Caught {
  readonly query: URLSearchParams;
  readonly path: string;
  readonly body: CallbackBody;
  readonly text: string;
}

/** A small receiver: keeps what it is sent. `answer` decides; 'nothing' never answers. */
export async function catchCallbacks(
  answer: (caught: Caught, count: number) => { status: number; text: string } | 'nothing' = () => ({
    status: 200,
    text: '{"ActionStatus":"OK","ErrorInfo":"","ErrorCode":0}',
  }),
) {
  const caught: Caught[] = [];
  let connections = 0;
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const { pathname, searchParams } = new URL(request.url ?? '', 'http://catcher');
      const text = Buffer.concat(chunks).toString();
      const item = { path: pathname, query: searchParams, text, body: JSON.parse(text) as CallbackBody };
      caught.push(item);
      const reply = answer(item, caught.length);
      if (reply !== 'nothing') response.writeHead(reply.status).end(reply.text);
    });
  });
  server.on('connection', () => (connections += 1));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  closeLater({
    close: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  });
  return {
    url: `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}/secret/callback`,
    caught,
    commands: () => caught.map((item) => item.body.CallbackCommand),
    connections: () => connections,
  };
}
